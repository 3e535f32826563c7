-- The changes between base/ and after_alter/ (tidb_enable_check_constraint = ON, foreign keys ON). One each; the comment says what it is.
-- 1 add column (NOT NULL with default, in the middle)
ALTER TABLE nasty_ref.country ADD COLUMN iso3 char(3) NOT NULL DEFAULT 'XXX' COMMENT 'added: 3 letters' AFTER code;
-- 2 drop column
ALTER TABLE nasty_shop.order_line DROP COLUMN note;
-- 3 modify column: wider varchar, and int to NOT NULL bigint
ALTER TABLE nasty_ref.country MODIFY COLUMN name varchar(80) NOT NULL;
ALTER TABLE nasty_shop.pk_none MODIFY COLUMN a bigint NOT NULL;
-- 4 rename column
ALTER TABLE nasty_shop.stats_rows RENAME COLUMN v TO value_renamed;
-- 5 add unique index
CREATE UNIQUE INDEX uq_name ON nasty_ref.country (name);
-- 6 drop index; make another one visible
ALTER TABLE nasty_shop.pk_composite DROP INDEX k_c;
ALTER TABLE nasty_shop.idx ALTER INDEX k_inv VISIBLE;
-- 7 add and drop foreign key
ALTER TABLE nasty_shop.seq_user ADD COLUMN cyc int;
CREATE INDEX k_cyc ON nasty_shop.seq_user (cyc);
ALTER TABLE nasty_shop.seq_user ADD CONSTRAINT fk_added FOREIGN KEY (cyc) REFERENCES nasty_shop.cyc_a (id) ON DELETE CASCADE;
ALTER TABLE nasty_shop.fk_same_b DROP FOREIGN KEY fk_1;
-- 8 drop table
DROP TABLE nasty_shop.`col:on%pct`;
-- 9 create table
CREATE TABLE nasty_ref.city (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, country char(2) NOT NULL, name varchar(100) NOT NULL DEFAULT '', KEY k_country (country), CONSTRAINT fk_city FOREIGN KEY (country) REFERENCES nasty_ref.country (code)) COMMENT='new';
-- 10 rename table (its id stays)
RENAME TABLE nasty_shop.`1digit` TO nasty_shop.`one digit`;
-- 11 change comments (table; column)
ALTER TABLE nasty_shop.comments COMMENT = 'changed: it''s 100%';
ALTER TABLE nasty_shop.customer MODIFY COLUMN email varchar(190) NOT NULL COMMENT 'now with comment';
-- 12 change default, drop default
ALTER TABLE nasty_shop.types_str ALTER COLUMN e1 SET DEFAULT 'Y';
ALTER TABLE nasty_shop.defaults ALTER COLUMN s_abc DROP DEFAULT;
-- 13 partition drop and add
ALTER TABLE nasty_shop.p_range DROP PARTITION p2020;
ALTER TABLE nasty_shop.p_list ADD PARTITION (PARTITION pc VALUES IN (5,6));
-- 14 view change
CREATE OR REPLACE SQL SECURITY INVOKER VIEW nasty_shop.v_check AS SELECT id, n, name FROM nasty_shop.checks WHERE n > 1;
-- 15 TTL change (SHOW CREATE and CREATE_TIME only)
ALTER TABLE nasty_shop.t_ttl TTL = created_at + INTERVAL 6 MONTH;
-- 16 sequence change
ALTER SEQUENCE nasty_shop.seq_opts INCREMENT BY 7 MAXVALUE 2000000 NOCYCLE;
-- 17 check drop and add
ALTER TABLE nasty_shop.checks DROP CONSTRAINT `Ck Two`;
ALTER TABLE nasty_shop.checks ADD CONSTRAINT ck_new CHECK (b > 0);
-- 18 database collation; new database; dropped database
ALTER DATABASE nasty_tz CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE DATABASE nasty_new;
DROP DATABASE nasty_empty;
-- 19 enum members: one appended
ALTER TABLE nasty_shop.types_str MODIFY COLUMN st set('r','w','x y','it''s','new');
