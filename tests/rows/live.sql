-- What samples and relationships are tried on: every type at its edges, names that have to be quoted, rows that break a
-- rule, orphans of every kind.
SET NAMES utf8mb4; SET time_zone = '+09:00';
CREATE DATABASE live CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE live;
CREATE TABLE types (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, b BOOLEAN, t TINYINT, z INT(9) UNSIGNED ZEROFILL,
  i BIGINT, d DECIMAL(65,30), dz DECIMAL(8,3) ZEROFILL, f FLOAT, f7 FLOAT(7,2), db DOUBLE, bits BIT(64), c CHAR(5), v VARCHAR(255),
  l VARCHAR(20) CHARACTER SET latin1, lt LONGTEXT, bin BINARY(4), vb VARBINARY(300), bl LONGBLOB, da DATE, dt DATETIME(6),
  ts TIMESTAMP(6) NULL, ti TIME(3), y YEAR, e ENUM('a','b''c','','1') CHARACTER SET latin1, s SET('r','w','x y'), j JSON,
  u UUID, i4 INET4, i6 INET6, p POINT, g INT AS (t + 1) STORED, gs VARCHAR(60) AS (CONCAT(v, '_x')) VIRTUAL,
  UNIQUE KEY (v), CHECK (t < 100), CHECK (g < 101));
INSERT INTO types (b,t,z,i,d,dz,f,f7,db,bits,c,v,l,lt,bin,vb,bl,da,dt,ts,ti,y,e,s,j,u,i4,i6,p) VALUES
 (TRUE,-128,42,-9223372036854775808,12345678901234567890123456789012345.123456789012345678901234567890,1.5,3.402823466e38,9999.99,
  1.7976931348623157e308,0xFFFFFFFFFFFFFFFF,'a ','é😀"\\\n\0','ÿ€','x','ab',X'00FF',X'',
  '9999-12-31','9999-12-31 23:59:59.999999','2038-01-19 12:14:07.999999','-838:59:59.999',2155,'b''c','w,r','{"a": [1, "x"]}',
  '123e4567-e89b-12d3-a456-426614174000','192.0.2.1','2001:db8::1',ST_GeomFromText('POINT(1 2)')),
 (FALSE,99,0,9223372036854775807,-0.5,0,0.1,-0.01,-1e-300,0,'','E','',REPEAT('é', 40000),X'00000000','',REPEAT('x', 70000),
  '1000-01-01','1000-01-01 00:00:00','1970-01-01 09:00:01','00:00:00',0,'','','null',NULL,'0.0.0.0','::ffff:10.0.0.1',NULL),
 (NULL,NULL,NULL,NULL,NULL,NULL,16777217,NULL,1.2345678901234567e19,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE `Nasty Bx.1-``é$ ?{a} 'q' "d"` (`select` INT NOT NULL, `a``b ü ?` VARCHAR(9), `k` INT, `t` INT, PRIMARY KEY (`select` DESC));
INSERT INTO `Nasty Bx.1-``é$ ?{a} 'q' "d"` VALUES (1, '?x', 2, 3);
CREATE TABLE empty (id INT);
CREATE TABLE old (id INT PRIMARY KEY, d DATE, n INT);
SET SESSION sql_mode = ''; INSERT INTO old VALUES (1, '0000-00-00', 7), (2, '2024-01-01', -4242); SET SESSION sql_mode = DEFAULT;
SET check_constraint_checks = 0; ALTER TABLE old ADD CONSTRAINT positive CHECK (n > 0); SET check_constraint_checks = 1;

CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(9) COLLATE utf8mb4_general_ci, UNIQUE KEY (code));
CREATE TABLE region (country CHAR(2), no INT, PRIMARY KEY (country, no));
CREATE TABLE child (id INT PRIMARY KEY, p INT, country CHAR(2), no INT, boss INT, code VARCHAR(9) COLLATE utf8mb4_general_ci,
  CONSTRAINT fk_parent FOREIGN KEY (p) REFERENCES parent (id), CONSTRAINT fk_region FOREIGN KEY (country, no) REFERENCES region (country, no),
  CONSTRAINT fk_self FOREIGN KEY (boss) REFERENCES child (id), CONSTRAINT fk_code FOREIGN KEY (code) REFERENCES parent (code));
INSERT INTO parent VALUES (1, 'Ab'), (2, 'cd'); INSERT INTO region VALUES ('de', 1), ('fr', 2);
SET foreign_key_checks = 0;
INSERT INTO child VALUES (1, 1, 'de', 1, 1, 'AB'), (2, 2, 'DE', 1, 1, 'cd'), (3, 9, 'fr', 1, 7, 'zz'), (4, 8, 'fr', NULL, NULL, NULL),
  (5, NULL, 'it', 2, 5, NULL);
CREATE TABLE whole (id INT PRIMARY KEY, p INT, CONSTRAINT fk_whole FOREIGN KEY (p) REFERENCES parent (id));
INSERT INTO whole VALUES (1, 1), (2, NULL), (3, 2);
CREATE TABLE apart (id INT PRIMARY KEY, code VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_bin, KEY (code));
INSERT INTO apart VALUES (1, 'AB'), (2, 'no'), (3, NULL);
SET foreign_key_checks = 1;
CREATE DATABASE closed; CREATE TABLE closed.t (id INT PRIMARY KEY); INSERT INTO closed.t VALUES (1);
