-- What the other scripts do not have, for the way out as DDL and back.
CREATE DATABASE outputs CHARACTER SET latin1 COLLATE latin1_bin;

-- A circle of three, a table in two circles, and children that only hang on it. Names sort against the order needed.
CREATE TABLE outputs.z1 (id int PRIMARY KEY, a int, UNIQUE KEY u (a));
CREATE TABLE outputs.y1 (id int PRIMARY KEY, z int, CONSTRAINT y_z FOREIGN KEY (z) REFERENCES outputs.z1 (id) ON DELETE SET NULL);
CREATE TABLE outputs.a1 (id int PRIMARY KEY, y int NOT NULL, s int, CONSTRAINT a_y FOREIGN KEY (y) REFERENCES outputs.y1 (id), CONSTRAINT a_s FOREIGN KEY (s) REFERENCES outputs.a1 (id) ON DELETE CASCADE ON UPDATE CASCADE);
ALTER TABLE outputs.z1 ADD CONSTRAINT z_a FOREIGN KEY (a) REFERENCES outputs.a1 (id), ADD CONSTRAINT z_z FOREIGN KEY (id) REFERENCES outputs.z1 (id);
CREATE TABLE outputs.`0` (id int PRIMARY KEY, FOREIGN KEY (id) REFERENCES outputs.a1 (id));

-- Views on views, in an order that the alphabet gets wrong, and one that only says the name of another.
CREATE VIEW outputs.w3 AS SELECT id, 'it''s \\ `outputs`.`w1`' AS said FROM outputs.z1;
CREATE VIEW outputs.w2 (`a b`, n) AS SELECT w.id, COUNT(*) FROM outputs.w3 w GROUP BY w.id;
CREATE SQL SECURITY INVOKER VIEW outputs.w1 AS SELECT `a b` FROM outputs.w2 WHERE `a b` > 0;
CREATE VIEW outputs.w0 AS SELECT id FROM outputs.z1 WHERE id < 10 WITH LOCAL CHECK OPTION;

-- Character sets that are the table's, the database's or neither, and text with every character that needs an escape.
CREATE TABLE outputs.charsets (
  own varchar(9), of_database varchar(9) CHARACTER SET latin1, other varchar(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci,
  bin char(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'ü', uca varchar(9) COLLATE utf8mb4_uca1400_as_cs, raw varbinary(9) DEFAULT '',
  e enum('it''s','a\\b','new\nline','tab\t','"') NOT NULL DEFAULT 'a\\b', s set('x','ü') CHARACTER SET latin1 DEFAULT 'x,ü',
  KEY k (own(3), bin DESC) COMMENT 'it''s \\ "quoted"\n-- and */ ends'
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='\\''; DROP TABLE x; --\r\n\Z';

-- Times of every kind, and numbers at their ends.
CREATE TABLE outputs.times (
  a timestamp NULL, b timestamp NOT NULL DEFAULT '2001-02-03 04:05:06', c timestamp(6) NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(6),
  d datetime(2) NOT NULL DEFAULT '0000-00-00 00:00:00', e time(3) DEFAULT '-838:59:59.000', f year DEFAULT 0, g date DEFAULT '2024-02-29'
);
CREATE TABLE outputs.numbers (
  a bigint unsigned DEFAULT 18446744073709551615, b decimal(65,38) DEFAULT -0.5, c double DEFAULT -1e-300, d float(7,2) unsigned DEFAULT 0.5,
  e bit(64) DEFAULT b'1000000000000000000000000000000000000000000000000000000000000001', f tinyint(1) NOT NULL DEFAULT 0, g int zerofill DEFAULT 7,
  h int AS (`f` + 1) PERSISTENT COMMENT 'kept', i int AS (`f` * 2) VIRTUAL INVISIBLE, j int COMMENT 'checked' CHECK (`j` <> 7), k varchar(20) DEFAULT (concat('a','\\','''')),
  CONSTRAINT `odd ``name` CHECK (`k` <> '\\' and `a` > 1)
);

-- Partitions by every method.
CREATE TABLE outputs.p_key (id int PRIMARY KEY) PARTITION BY KEY () PARTITIONS 3;
CREATE TABLE outputs.p_linear (id int PRIMARY KEY) PARTITION BY LINEAR KEY (id) PARTITIONS 2;
CREATE TABLE outputs.p_columns (`a,b` int NOT NULL, c date NOT NULL, PRIMARY KEY (`a,b`, c)) PARTITION BY LIST COLUMNS (`a,b`, c) (PARTITION p VALUES IN ((1, '2024-01-01'), (2, '2024-01-02')));
CREATE TABLE outputs.p_history (id int PRIMARY KEY) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION pn CURRENT);

CREATE SEQUENCE outputs.`s``1` START WITH 5 INCREMENT BY -1 MINVALUE -5 MAXVALUE 5 NOCACHE CYCLE COMMENT='it''s';
