-- A small shop: what `make demo` discovers. Runs as it is on MariaDB, MySQL 8 and TiDB.
-- It has one of each thing people ask about: composite keys, foreign keys, a check, an enum, a generated column, a view,
-- a comment with quotes and an emoji, and a table whose name no ConfigMap key could hold.
CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE shop.customers (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  email      VARCHAR(190)    NOT NULL,
  full_name  VARCHAR(120)    NOT NULL COMMENT 'as the customer writes it: "O''Neil" is fine 🙂',
  country    CHAR(2)         NOT NULL DEFAULT 'DE',
  created_at DATETIME(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id),
  UNIQUE KEY uq_customers_email (email),
  KEY k_customers_country (country, created_at)
) COMMENT = 'one row per person who ever bought something';

CREATE TABLE shop.products (
  sku      VARCHAR(32)    NOT NULL,
  title    VARCHAR(200)   NOT NULL,
  price    DECIMAL(10, 2) NOT NULL,
  tax_rate DECIMAL(4, 2)  NOT NULL DEFAULT 19.00,
  gross    DECIMAL(12, 2) GENERATED ALWAYS AS (price * (1 + tax_rate / 100)) STORED,
  details  JSON,
  PRIMARY KEY (sku),
  CONSTRAINT ck_products_price CHECK (price >= 0)
);

CREATE TABLE shop.orders (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id BIGINT UNSIGNED NOT NULL,
  status      ENUM('new', 'paid', 'shipped', 'cancelled') NOT NULL DEFAULT 'new',
  placed_at   DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY k_orders_customer (customer_id),
  CONSTRAINT fk_orders_customer FOREIGN KEY (customer_id) REFERENCES shop.customers (id) ON DELETE RESTRICT
);

CREATE TABLE shop.order_lines (
  order_id BIGINT UNSIGNED NOT NULL,
  line_no  INT NOT NULL,
  sku      VARCHAR(32) NOT NULL,
  quantity INT NOT NULL DEFAULT 1,
  PRIMARY KEY (order_id, line_no),
  KEY k_order_lines_sku (sku),
  CONSTRAINT fk_order_lines_order FOREIGN KEY (order_id) REFERENCES shop.orders (id) ON DELETE CASCADE,
  CONSTRAINT fk_order_lines_product FOREIGN KEY (sku) REFERENCES shop.products (sku)
);

CREATE TABLE shop.`Price list - Überblick` (
  sku        VARCHAR(32) NOT NULL,
  valid_from DATE NOT NULL,
  price      DECIMAL(10, 2) NOT NULL,
  PRIMARY KEY (sku, valid_from)
);

CREATE VIEW shop.open_orders AS
  SELECT o.id AS id, o.placed_at AS placed_at, c.email AS email
  FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id
  WHERE o.status IN ('new', 'paid');
