-- Names, comments and defaults that some server on the way could take for something else. Runs after the recorded schema
-- (tests/recordings/mariadb-10.11/ddl.sql), which has every type and kind of key.
CREATE DATABASE `matrix:1 %s\\"]`;
CREATE DATABASE matrix_words CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Text that looks like JSON, base64, a number, NULL, a phone number, an address, markup, an error, or a statement.
CREATE TABLE matrix_words.`5550504552` (`555-050-4552` int COMMENT '+1 (555) 050-4552', `a@b.example` int COMMENT 'a@b.example', `4111111111111111` int);
CREATE TABLE matrix_words.`null` (`NULL` varchar(9) DEFAULT 'null', `true` varchar(9) DEFAULT 'false', `[1,2]` varchar(9) DEFAULT '[1,2]' COMMENT '[1,2]', `{}` varchar(30) DEFAULT '{"a":1}' COMMENT '{"error":"no"}');
CREATE TABLE matrix_words.`007` (`1e5` int COMMENT '1e5', `0x1F` int COMMENT '0x1F', `9007199254740993` bigint DEFAULT 9007199254740993 COMMENT '9007199254740993', `18446744073709551615` bigint unsigned DEFAULT 18446744073709551615, `-0` decimal(65,30) DEFAULT 0.100000000000000000000000000001);
CREATE TABLE matrix_words.`MS41` (`YWJj` int COMMENT 'YWJj', `2024-02-29T13:14:15Z` int COMMENT '2024-02-29 13:14:15') COMMENT 'MS41';
CREATE TABLE matrix_words.`Error 1146 (42S02): x` (`(1045, "x")` int COMMENT 'Error: (pymysql.err.OperationalError) (1045, "x")', `Unknown tool` int COMMENT 'validation error for x') COMMENT 'Error executing query';
CREATE TABLE matrix_words.`DROP TABLE x; --` (`select 1` int COMMENT '*/ DELETE FROM x; SET a=1 /* CHECK', `:bind` int COMMENT ':a \\:b ::c', `%(x)s` int COMMENT '%s %(a)s %%', `?` int COMMENT '? $1 @x {{y}} ${z}');
CREATE TABLE matrix_words.`<b>&amp;</b>` (`"` int COMMENT '"""', `'` int COMMENT '''''', `a``b` int, `\\` int COMMENT '\\\\', `a b` int COMMENT ' lead', `tab	nl
x` int COMMENT 'a\r\n\tb\0c');
CREATE TABLE matrix_words.`ééÅ한글` (`e‮x` int COMMENT 'right to left ‮ mark', `é` int COMMENT 'two code points', `ﷺ` int);
CREATE TABLE matrix_words.`aéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaé` (id int PRIMARY KEY COMMENT 'sixty-four characters');
CREATE TABLE matrix_words.`toString` (`__proto__` int, `constructor` int, `hasOwnProperty` int DEFAULT 1, `length` int);
CREATE TABLE matrix_words.`information_schema` (`TABLES` int, KEY `PRIMARY KEY` (`TABLES`), CONSTRAINT `CHECK` CHECK (`TABLES` <> 7));
CREATE TABLE `matrix:1 %s\\"]`.`t:1` (id int PRIMARY KEY, x int COMMENT ':x', CONSTRAINT `fk:1 %s` FOREIGN KEY (x) REFERENCES `matrix:1 %s\\"]`.`t:1` (id), CONSTRAINT `c:"1"` CHECK (x <> 4 OR ':y' = '%s'));
CREATE VIEW matrix_words.`v:1` AS SELECT ':a' AS `:a`, '%s' AS `b`, '{"c":[]}' AS `c`, 'ü' AS `d`;

-- Partitions and sequences with bounds and names of every kind.
CREATE TABLE matrix_words.`parts:` (id bigint NOT NULL, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE COLUMNS (d) SUBPARTITION BY KEY (id) SUBPARTITIONS 2 (PARTITION `p:1` VALUES LESS THAN ('2024-01-01'), PARTITION `p %s` VALUES LESS THAN (MAXVALUE));
CREATE TABLE matrix_words.parts_linear (id bigint NOT NULL PRIMARY KEY) PARTITION BY LINEAR HASH (id) PARTITIONS 3;
CREATE TABLE matrix_words.parts_list (id int NOT NULL, s varchar(20) NOT NULL, PRIMARY KEY (id, s)) PARTITION BY LIST COLUMNS (s) (PARTITION p1 VALUES IN ('a:b', '%s', '[1]', 'it''s'), PARTITION pd DEFAULT);
CREATE SEQUENCE matrix_words.`seq:1` START WITH 9223372036854775806 MINVALUE -9223372036854775807 MAXVALUE 9223372036854775806 INCREMENT BY 9007199254740993 CACHE 0 CYCLE;


-- Names that a driver or a formatter on the way could replace.
CREATE DATABASE matrix_names;
CREATE TABLE matrix_names.`:w` (id int PRIMARY KEY);
CREATE TABLE matrix_names.`%s %(a)s` (id int PRIMARY KEY);
CREATE TABLE matrix_names.`a``b` (id int PRIMARY KEY);
CREATE TABLE matrix_names.`täble列` (id int PRIMARY KEY);
CREATE TABLE matrix_names.`x ? y` (id int PRIMARY KEY);
CREATE TABLE matrix_names.`{a}` (id int PRIMARY KEY);

-- A name that is a word, for servers that look at words.
CREATE DATABASE `check`;
CREATE TABLE `check`.`set` (`create` int PRIMARY KEY COMMENT 'DROP TABLE x');
