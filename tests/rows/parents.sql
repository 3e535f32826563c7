-- Parents that rows of a ConfigMap refer to: keys of every kind, in collations of every kind.
SET NAMES utf8mb4;
CREATE DATABASE kin CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; USE kin;
CREATE TABLE parent (id BIGINT UNSIGNED PRIMARY KEY, code VARCHAR(60), strict VARCHAR(40) COLLATE utf8mb4_bin,
  old VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci, three CHAR(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci,
  price DECIMAL(20,4), fixed BINARY(4), bytes VARBINARY(40), day DATE, moment DATETIME(6), clock TIME(3), bits BIT(64), y YEAR,
  UNIQUE (code), UNIQUE (strict), UNIQUE (old), UNIQUE (three), UNIQUE (price), UNIQUE (fixed), UNIQUE (bytes), UNIQUE (day),
  UNIQUE (moment), UNIQUE (clock), UNIQUE (bits), UNIQUE (y), UNIQUE (code, id));
INSERT INTO parent VALUES (18446744073709551615, 'Ab', 'Ab', 'Ä', 'é列', -12345678901.5, 'ab', X'00FF273A', '2024-02-29',
  '2024-02-29 23:59:59.123456', '-12:34:56.789', 0xFFFFFFFFFFFFFFFF, 2024);
INSERT INTO parent (id, code, strict) VALUES (0, 'it''s "100%" \\ a:b; -- c /* d */ # ? {e} $1 é😀', ''), (7, '', 'x\0y'), (8, 'Straße', 'a ');
CREATE TABLE child (n INT AUTO_INCREMENT PRIMARY KEY, id BIGINT UNSIGNED, code VARCHAR(60), strict VARCHAR(40) COLLATE utf8mb4_bin,
  old VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci, three CHAR(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci,
  price DECIMAL(20,4), fixed BINARY(4), bytes VARBINARY(40), day DATE, moment DATETIME(6), clock TIME(3), bits BIT(64), y YEAR,
  c1 VARCHAR(60), i1 BIGINT UNSIGNED,
  FOREIGN KEY fk_id (id) REFERENCES parent (id), FOREIGN KEY fk_code (code) REFERENCES parent (code),
  FOREIGN KEY fk_strict (strict) REFERENCES parent (strict), FOREIGN KEY fk_old (old) REFERENCES parent (old),
  FOREIGN KEY fk_three (three) REFERENCES parent (three), FOREIGN KEY fk_price (price) REFERENCES parent (price),
  FOREIGN KEY fk_fixed (fixed) REFERENCES parent (fixed), FOREIGN KEY fk_bytes (bytes) REFERENCES parent (bytes),
  FOREIGN KEY fk_day (day) REFERENCES parent (day), FOREIGN KEY fk_moment (moment) REFERENCES parent (moment),
  FOREIGN KEY fk_clock (clock) REFERENCES parent (clock), FOREIGN KEY fk_bits (bits) REFERENCES parent (bits),
  FOREIGN KEY fk_y (y) REFERENCES parent (y), FOREIGN KEY fk_both (c1, i1) REFERENCES parent (code, id));
CREATE TABLE number (id INT PRIMARY KEY); INSERT INTO number SELECT seq FROM seq_1_to_449;
CREATE TABLE many (n INT AUTO_INCREMENT PRIMARY KEY, p INT, CONSTRAINT fk_p FOREIGN KEY (p) REFERENCES number (id));
CREATE TABLE long_ (id VARCHAR(700) PRIMARY KEY); INSERT INTO long_ SELECT CONCAT(seq, REPEAT('é', 690)) FROM seq_1_to_100;
CREATE TABLE longs (n INT AUTO_INCREMENT PRIMARY KEY, p VARCHAR(700), CONSTRAINT fk_l FOREIGN KEY (p) REFERENCES long_ (id));
CREATE TABLE kind (e ENUM('a','b') PRIMARY KEY); INSERT INTO kind VALUES ('a');
CREATE TABLE odd (n INT AUTO_INCREMENT PRIMARY KEY, e ENUM('a','b'), CONSTRAINT fk_e FOREIGN KEY (e) REFERENCES kind (e));
CREATE DATABASE secret; CREATE TABLE secret.p (id INT PRIMARY KEY); INSERT INTO secret.p VALUES (1);
CREATE TABLE apart (n INT AUTO_INCREMENT PRIMARY KEY, p INT, CONSTRAINT fk_a FOREIGN KEY (p) REFERENCES secret.p (id));
