USE `Nasty Bx.1-``é$`;
-- Database `Nasty Bx.1-``é$`, mariadb, CHARACTER SET latin1 COLLATE latin1_swedish_ci
SET NAMES utf8mb4;
SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;
SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';

CREATE TABLE `T 1` (
  `id` int NOT NULL,
  `x` int DEFAULT NULL COMMENT 'in odd database',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;

SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;
USE `nasty_empty`;
-- Database `nasty_empty`, mariadb, CHARACTER SET latin1 COLLATE latin1_swedish_ci
SET NAMES utf8mb4;
SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;
SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';

SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;
USE `nasty_ref`;
-- Database `nasty_ref`, mariadb, CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci
SET NAMES utf8mb4;
SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;
SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';

CREATE TABLE `country` (
  `code` char(2) NOT NULL,
  `name` varchar(50) NOT NULL,
  PRIMARY KEY (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `region` (
  `country` char(2) NOT NULL,
  `region_no` int NOT NULL,
  `title` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`country`,`region_no`),
  UNIQUE KEY `uq` (`title`),
  CONSTRAINT `fk_1` FOREIGN KEY (`country`) REFERENCES `country` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;
USE `nasty_secret`;
-- Database `nasty_secret`, mariadb, CHARACTER SET latin1 COLLATE latin1_swedish_ci
SET NAMES utf8mb4;
SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;
SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';

CREATE TABLE `secret` (
  `id` int NOT NULL,
  `ssn` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;

SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;
USE `nasty_shop`;
-- Database `nasty_shop`, mariadb, CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
SET NAMES utf8mb4;
SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;
SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', foreign_key_checks = 0;

CREATE SEQUENCE `seq_down` START WITH -1 INCREMENT BY -2 MINVALUE -9223372036854775807 MAXVALUE -1 NOCACHE NOCYCLE;

CREATE SEQUENCE `seq_opts` START WITH 100 INCREMENT BY 5 MINVALUE 10 MAXVALUE 1000000 CACHE 50 CYCLE;

CREATE SEQUENCE `seq_plain` START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775806 CACHE 1000 NOCYCLE;

CREATE TABLE `1digit` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `UPPER` (
  `id` int NOT NULL,
  `lower_twin` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `UPPER Table` (
  `Id` int NOT NULL,
  `select` int DEFAULT NULL,
  `a b` int DEFAULT NULL,
  `a-b` int DEFAULT NULL,
  `a.b` int DEFAULT NULL,
  `a``b` int DEFAULT NULL,
  `ü列` int DEFAULT NULL,
  `a:b` int DEFAULT NULL,
  `a%b` int DEFAULT NULL,
  `a\b` int DEFAULT NULL,
  `"dq"` int DEFAULT NULL,
  `'sq'` int DEFAULT NULL,
  PRIMARY KEY (`Id`),
  KEY `Ü.k:%` (`a b`,`ü列`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg` (
  `aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg` int NOT NULL,
  PRIMARY KEY (`aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `back``tick` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `checks` (
  `id` int NOT NULL,
  `n` int DEFAULT NULL,
  `name` varchar(20) DEFAULT NULL,
  `a` int DEFAULT NULL CHECK (`a` > 0),
  `b` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `CONSTRAINT_1` CHECK (`a` + `b` < 10),
  CONSTRAINT `Ck Two` CHECK (`b` in (1,2,3) or `b` is null),
  CONSTRAINT `ck_n` CHECK (`n` < 100 and `name` <> 'x\'y' and `name` not like '%z:q')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `col:on%pct` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `comments` (
  `id` int NOT NULL COMMENT 'it''s "quoted" `bt`',
  `nl` int DEFAULT NULL COMMENT 'line1\nline2	tab',
  `em` int DEFAULT NULL COMMENT '? emoji ü',
  `pct` int DEFAULT NULL COMMENT '100% %s %% %d',
  `col` int DEFAULT NULL COMMENT ':bind a:b ::c',
  `bs` int DEFAULT NULL COMMENT 'a\\b \\n',
  `star` int DEFAULT NULL COMMENT '*/ -- # ; \0 end',
  `n` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='T ''q'' "d" `b`\nnext ? 100% :x \\ */';

CREATE TABLE `customer` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `country` char(2) COLLATE utf8mb4_general_ci DEFAULT NULL,
  `region_no` int DEFAULT NULL,
  `boss` bigint DEFAULT NULL,
  `email` varchar(190) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `fk_self` (`boss`),
  KEY `fk_xdb` (`country`,`region_no`),
  UNIQUE KEY `uq_email` (`email`),
  CONSTRAINT `fk_self` FOREIGN KEY (`boss`) REFERENCES `customer` (`id`) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT `fk_xdb` FOREIGN KEY (`country`,`region_no`) REFERENCES `nasty_ref`.`region` (`country`,`region_no`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `cyc_b` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `fk_ba` (`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `cyc_a` (
  `id` int NOT NULL,
  `b` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `fk_ab` (`b`),
  CONSTRAINT `fk_ab` FOREIGN KEY (`b`) REFERENCES `cyc_b` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `dash-dot.table` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `defaults` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `n_null` int DEFAULT NULL,
  `n_nullx` int DEFAULT NULL,
  `nn_none` int NOT NULL,
  `n5` int DEFAULT '5',
  `n_neg` int DEFAULT '-7',
  `n_exp` double DEFAULT '1000',
  `nd` decimal(10,2) NOT NULL DEFAULT '1.50',
  `nd0` decimal(10,2) DEFAULT '0.00',
  `s_empty` varchar(20) DEFAULT '',
  `s_null` varchar(20) DEFAULT 'NULL',
  `s_abc` varchar(20) NOT NULL DEFAULT 'abc',
  `s_quote` varchar(40) DEFAULT 'it''s "q" `b`',
  `s_bs` varchar(20) DEFAULT 'a\\b',
  `s_nl` varchar(20) DEFAULT 'l1\nl2',
  `s_colon` varchar(40) DEFAULT ':bind %s %% 100%',
  `s_uni` varchar(20) DEFAULT 'héé?',
  `s_now` varchar(40) DEFAULT 'CURRENT_TIMESTAMP',
  `s_expr` varchar(40) DEFAULT 'uuid()',
  `s_num` varchar(10) DEFAULT '007',
  `s_sp` varchar(10) DEFAULT '  x ',
  `b_true` tinyint(1) DEFAULT '1',
  `bt` bit(4) DEFAULT b'101',
  `bt1` bit(1) NOT NULL DEFAULT b'0',
  `bt8` bit(8) DEFAULT b'11111111',
  `hx` int DEFAULT '31',
  `bn` binary(4) DEFAULT x'61620000',
  `bnx` varbinary(8) /* has a default that the server did not show exactly */,
  `bnz` varbinary(8) DEFAULT x'414243',
  `dt0` datetime DEFAULT '2024-02-29 13:14:15',
  `dt6` datetime(6) DEFAULT '2024-02-29 13:14:15.123456',
  `da` date DEFAULT '2020-01-02',
  `ti` time DEFAULT '-12:13:14',
  `ye` year DEFAULT '2024',
  `ts_lit` timestamp NOT NULL DEFAULT '2024-01-01 00:00:00',
  `ts_now` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `ts_now3` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `dt_now` datetime DEFAULT CURRENT_TIMESTAMP,
  `dt_up` datetime DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  `dt_both6` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `ts_both` timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  `dt_lit_up` datetime DEFAULT '2001-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP,
  `en` enum('a','b') DEFAULT 'b',
  `se` set('a','b','c') DEFAULT 'a,c',
  `en_nn` enum('x','y') NOT NULL,
  `x_uuid` varchar(36) DEFAULT (uuid()),
  `x_sum` int DEFAULT (1 + 2),
  `x_date` date DEFAULT (curdate()),
  `x_txt` text DEFAULT (concat('a','\'','b')),
  `x_js` json DEFAULT (json_array()),
  `x_txtlit` text DEFAULT 'lit',
  `x_fmt` varchar(30) DEFAULT (date_format(current_timestamp(),'%Y-%m-%d')),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `generated` (
  `id` int NOT NULL,
  `price` decimal(10,2) NOT NULL,
  `qty` int NOT NULL DEFAULT '1',
  `doc` json DEFAULT NULL,
  `name` varchar(50) NOT NULL,
  `total` decimal(20,2) GENERATED ALWAYS AS (`price` * `qty`) STORED,
  `total_v` decimal(20,2) GENERATED ALWAYS AS (`price` * `qty`) VIRTUAL COMMENT 'virtual: it''s 100%',
  `lname` varchar(60) GENERATED ALWAYS AS (concat(lcase(`name`),'_x:y\'z')) VIRTUAL,
  `sku` varchar(64) GENERATED ALWAYS AS (json_unquote(json_extract(`doc`,'$.sku'))) STORED,
  `nn` int GENERATED ALWAYS AS (`qty` + 1) VIRTUAL,
  PRIMARY KEY (`id`),
  KEY `k_sku` (`sku`),
  KEY `k_v` (`total_v`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `idx` (
  `id` int NOT NULL,
  `a` int DEFAULT NULL,
  `b` varchar(100) DEFAULT NULL,
  `c` varchar(200) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL,
  `t` text DEFAULT NULL,
  `bl` blob DEFAULT NULL,
  `j` json DEFAULT NULL,
  `NULL` int DEFAULT NULL,
  `name` varchar(50) DEFAULT NULL,
  `weird col``:'%` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `KeyUPPER` (`name`),
  KEY `k_bt` (`c`) COMMENT 'ix ''c'' 100% :x \\ ü?',
  KEY `k_desc` (`a` DESC,`b`),
  KEY `k_full_len` (`b`),
  KEY `k_hash` (`a`),
  KEY `k_ign` (`c`,`a`) IGNORED,
  KEY `k_null` (`NULL`),
  KEY `k_prefix` (`t`(20),`bl`(30)),
  UNIQUE KEY `uq_ab` (`a`,`b`(10)),
  UNIQUE KEY `uq_b` (`b`),
  KEY `weird key``name.x` (`b`,`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_aria` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=Aria DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin TRANSACTIONAL=1;

CREATE TABLE `m_ckname1` (
  `id` int NOT NULL,
  `n` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_same` CHECK (`n` > 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_ckname2` (
  `id` int NOT NULL,
  `n` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_same` CHECK (`n` > 2)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_comp` (
  `id` int NOT NULL,
  `v` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin PAGE_COMPRESSED=1;

CREATE TABLE `m_fk_missing` (
  `id` int NOT NULL,
  `x` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `fk_missing` (`x`),
  CONSTRAINT `fk_missing` FOREIGN KEY (`x`) REFERENCES `no_such_table` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_ft` (
  `id` int NOT NULL,
  `t` text DEFAULT NULL,
  `g` geometry NOT NULL,
  PRIMARY KEY (`id`),
  FULLTEXT KEY `ft` (`t`),
  SPATIAL KEY `sp` (`g`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_jschk` (
  `id` int NOT NULL,
  `j` longtext DEFAULT NULL,
  `jv` json DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_j` CHECK (json_valid(`j`))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_longuniq` (
  `id` int NOT NULL,
  `t` text DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`t`) USING HASH
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_mem` (
  `id` int NOT NULL,
  `h` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `k` (`h`) USING HASH
) ENGINE=MEMORY DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_myisam` (
  `id` int NOT NULL AUTO_INCREMENT,
  `v` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci CHECKSUM=1 ROW_FORMAT=DYNAMIC;

CREATE TABLE `m_period` (
  `id` int NOT NULL,
  `s` date NOT NULL,
  `e` date NOT NULL,
  UNIQUE KEY `uq` (`id`,`e`,`s`),
  CONSTRAINT `pr` CHECK (`s` < `e`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_spatial` (
  `id` int NOT NULL,
  `p` point DEFAULT NULL,
  `l` linestring DEFAULT NULL,
  `pg` polygon DEFAULT NULL,
  `mp` multipoint DEFAULT NULL,
  `ml` multilinestring DEFAULT NULL,
  `mpg` multipolygon DEFAULT NULL,
  `gc` geometrycollection DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_types` (
  `id` uuid NOT NULL DEFAULT (uuid()),
  `a4` inet4 DEFAULT NULL,
  `a6` inet6 DEFAULT NULL,
  `inv` int DEFAULT '3' INVISIBLE,
  `comp` blob /*M!100301 COMPRESSED*/ DEFAULT NULL,
  `d3838` decimal(65,38) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `m_ver` (
  `id` int NOT NULL,
  `v` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin WITH SYSTEM VERSIONING;

CREATE TABLE `m_ver2` (
  `id` int NOT NULL,
  `v` int DEFAULT NULL,
  `rs` timestamp(6) GENERATED ALWAYS AS ROW START,
  `re` timestamp(6) GENERATED ALWAYS AS ROW END,
  PERIOD FOR SYSTEM_TIME (`rs`,`re`),
  PRIMARY KEY (`id`,`re`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin WITH SYSTEM VERSIONING;

CREATE TABLE `order` (
  `id` bigint NOT NULL,
  `customer_id` bigint NOT NULL,
  PRIMARY KEY (`id`),
  KEY `customer_id` (`customer_id`),
  CONSTRAINT `order_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customer` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `order_line` (
  `order_id` bigint NOT NULL,
  `line` int NOT NULL,
  `qty` int NOT NULL,
  `note` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`order_id`,`line`),
  CONSTRAINT `Fk Line``1` FOREIGN KEY (`order_id`) REFERENCES `order` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `p_hash` (
  `id` int NOT NULL,
  `v` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY HASH (`id`);

CREATE TABLE `p_key` (
  `id` varchar(10) NOT NULL,
  `v` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY KEY (`id`);

-- `p_list`: the list of partitions is no part of the schema: one that takes every row stands for it
CREATE TABLE `p_list` (
  `id` int NOT NULL,
  `r` int NOT NULL,
  PRIMARY KEY (`id`,`r`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY LIST (`r`)
(PARTITION `p_all` DEFAULT);

-- `p_listcol`: the list of partitions is no part of the schema: one that takes every row stands for it
CREATE TABLE `p_listcol` (
  `id` int NOT NULL,
  `r` varchar(10) NOT NULL,
  PRIMARY KEY (`id`,`r`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY LIST COLUMNS (`r`)
(PARTITION `p_all` DEFAULT);

-- `p_range`: the list of partitions is no part of the schema: one that takes every row stands for it
CREATE TABLE `p_range` (
  `id` int NOT NULL,
  `d` date NOT NULL,
  `v` varchar(10) DEFAULT NULL,
  PRIMARY KEY (`id`,`d`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY RANGE (year(`d`))
(PARTITION `p_all` VALUES LESS THAN MAXVALUE);

-- `p_rangecol`: the list of partitions is no part of the schema: one that takes every row stands for it
CREATE TABLE `p_rangecol` (
  `id` int NOT NULL,
  `d` datetime NOT NULL,
  `k` varchar(10) NOT NULL,
  PRIMARY KEY (`id`,`d`,`k`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY RANGE COLUMNS (`d`,`k`)
(PARTITION `p_all` VALUES LESS THAN (MAXVALUE,MAXVALUE));

-- `p_sub`: the list of partitions is no part of the schema: one that takes every row stands for it
CREATE TABLE `p_sub` (
  `id` int NOT NULL,
  `d` date NOT NULL,
  PRIMARY KEY (`id`,`d`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY RANGE (year(`d`))
SUBPARTITION BY HASH (to_days(`d`))
(PARTITION `p_all` VALUES LESS THAN MAXVALUE);

CREATE TABLE `pk_composite` (
  `b` int NOT NULL,
  `a` varchar(20) NOT NULL,
  `c` int DEFAULT NULL,
  PRIMARY KEY (`a`,`b`),
  KEY `k_c` (`c`),
  UNIQUE KEY `uq_ba` (`b`,`a`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `pk_none` (
  `a` int DEFAULT NULL,
  `b` varchar(10) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `pk_prefix` (
  `a` text NOT NULL,
  PRIMARY KEY (`a`(10))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `seq_user` (
  `id` bigint NOT NULL DEFAULT (nextval(`nasty_shop`.`seq_plain`)),
  `v` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `stats_rows` (
  `id` int NOT NULL AUTO_INCREMENT,
  `v` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `tmp_col` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `types_num` (
  `id` int NOT NULL,
  `b1` tinyint(1) DEFAULT NULL,
  `t` tinyint DEFAULT NULL,
  `tu` tinyint unsigned DEFAULT NULL,
  `t4` tinyint DEFAULT NULL,
  `s` smallint DEFAULT NULL,
  `su` smallint unsigned DEFAULT NULL,
  `m` mediumint DEFAULT NULL,
  `mu` mediumint unsigned DEFAULT NULL,
  `i` int DEFAULT NULL,
  `i11` int DEFAULT NULL,
  `iu` int unsigned DEFAULT NULL,
  `iz` int unsigned zerofill DEFAULT NULL,
  `bi` bigint DEFAULT NULL,
  `bu` bigint unsigned DEFAULT NULL,
  `bz` bigint unsigned zerofill DEFAULT NULL,
  `bo` tinyint(1) DEFAULT NULL,
  `sr` int unsigned NOT NULL,
  `d` decimal(10,0) DEFAULT NULL,
  `d5` decimal(5,0) DEFAULT NULL,
  `d52` decimal(5,2) DEFAULT NULL,
  `du` decimal(65,30) unsigned DEFAULT NULL,
  `dz` decimal(8,3) unsigned zerofill DEFAULT NULL,
  `nu` decimal(12,4) DEFAULT NULL,
  `f` float DEFAULT NULL,
  `fu` float unsigned DEFAULT NULL,
  `f72` float(7,2) DEFAULT NULL,
  `f20` float DEFAULT NULL,
  `f53` double DEFAULT NULL,
  `db` double DEFAULT NULL,
  `du2` double unsigned DEFAULT NULL,
  `d104` double(10,4) DEFAULT NULL,
  `re` double DEFAULT NULL,
  `dp` double DEFAULT NULL,
  `bit1` bit(1) DEFAULT NULL,
  `bit8` bit(8) DEFAULT NULL,
  `bit64` bit(64) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `types_str` (
  `id` int NOT NULL,
  `c` char(1) DEFAULT NULL,
  `c10` char(10) DEFAULT NULL,
  `c0` char(0) DEFAULT NULL,
  `v1` varchar(1) DEFAULT NULL,
  `v255` varchar(255) DEFAULT NULL,
  `v8k` varchar(8000) DEFAULT NULL,
  `b` binary(1) DEFAULT NULL,
  `b16` binary(16) DEFAULT NULL,
  `vb` varbinary(300) DEFAULT NULL,
  `tt` tinytext DEFAULT NULL,
  `tx` text DEFAULT NULL,
  `mt` mediumtext DEFAULT NULL,
  `lt` longtext DEFAULT NULL,
  `tb` tinyblob DEFAULT NULL,
  `bl` blob DEFAULT NULL,
  `mb` mediumblob DEFAULT NULL,
  `lb` longblob DEFAULT NULL,
  `t100` text DEFAULT NULL,
  `bl70k` mediumblob DEFAULT NULL,
  `ca` char(5) CHARACTER SET ascii COLLATE ascii_general_ci DEFAULT NULL,
  `cl` varchar(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL,
  `u3` varchar(10) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,
  `cb` varbinary(10) DEFAULT NULL,
  `cbin` varchar(10) DEFAULT NULL,
  `cuni` varchar(10) COLLATE utf8mb4_unicode_ci DEFAULT NULL,
  `nat` char(4) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,
  `natv` varchar(5) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci DEFAULT NULL,
  `e` enum('a','b','c''d','x,y','',' sp','"q"','back\\slash','per%cent','co:lon','üñ','(p)') DEFAULT NULL,
  `e1` enum('Y','N') CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL DEFAULT 'N',
  `st` set('r','w','x y','it''s') DEFAULT NULL,
  `stn` set('a','b') NOT NULL DEFAULT 'a,b',
  `js` json DEFAULT NULL,
  `jsn` json NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `types_time` (
  `id` int NOT NULL,
  `d` date DEFAULT NULL,
  `dt` datetime DEFAULT NULL,
  `dt3` datetime(3) DEFAULT NULL,
  `dt6` datetime(6) DEFAULT NULL,
  `ts` timestamp NULL DEFAULT NULL,
  `ts3` timestamp(3) NULL DEFAULT NULL,
  `ts6` timestamp(6) NULL DEFAULT NULL,
  `ti` time DEFAULT NULL,
  `ti2` time(2) DEFAULT NULL,
  `ti6` time(6) DEFAULT NULL,
  `y` year DEFAULT NULL,
  `y4` year DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `täble列` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `upper` (
  `id` int NOT NULL,
  `upper_twin` int DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE `cyc_b` ADD CONSTRAINT `fk_ba` FOREIGN KEY (`a`) REFERENCES `cyc_a` (`id`);

-- view `v_badcol` is left out: it names something that is gone

CREATE SQL SECURITY INVOKER VIEW `v_check` (`id`,`n`) AS select `nasty_shop`.`checks`.`id` AS `id`,`nasty_shop`.`checks`.`n` AS `n` from `nasty_shop`.`checks` where `nasty_shop`.`checks`.`n` > 0 WITH CASCADED CHECK OPTION;

-- view `v_invalid` is left out: it names something that is gone

CREATE SQL SECURITY DEFINER VIEW `v_join` (`oid`,`Cust Name`,`total`) AS select `o`.`id` AS `oid`,`c`.`email` AS `Cust Name`,count(0) AS `total` from (`nasty_shop`.`order` `o` join `nasty_shop`.`customer` `c` on(`c`.`id` = `o`.`customer_id`)) group by `o`.`id`,`c`.`email`;

CREATE SQL SECURITY DEFINER VIEW `v_simple` (`id`,`email`,`country`) AS select `nasty_shop`.`customer`.`id` AS `id`,`nasty_shop`.`customer`.`email` AS `email`,`nasty_shop`.`customer`.`country` AS `country` from `nasty_shop`.`customer` where `nasty_shop`.`customer`.`email` like '%@x:y.z' and `nasty_shop`.`customer`.`email` <> 'it\'s\\';

SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;
USE `nasty_tz`;
-- Database `nasty_tz`, mariadb, CHARACTER SET latin1 COLLATE latin1_swedish_ci
SET NAMES utf8mb4;
SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;
SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';

CREATE TABLE `tz` (
  `id` int NOT NULL,
  `ts` timestamp NOT NULL DEFAULT '2024-06-01 12:00:00',
  `dt` datetime NOT NULL DEFAULT '2024-06-01 12:00:00',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;

SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;
USE `test`;
-- Database `test`, mariadb, CHARACTER SET latin1 COLLATE latin1_swedish_ci
SET NAMES utf8mb4;
SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;
SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';

SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;
