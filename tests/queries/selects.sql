SELECT id, status FROM orders
SELECT * FROM orders
SELECT o.* FROM orders o
SELECT x.* FROM orders o
SELECT id, nosuch FROM orders
SELECT o.id FROM orders
SELECT orders.id FROM orders o
SELECT shop.orders.id FROM orders
SELECT shop.orders.id FROM shop.orders
SELECT shop.o.id FROM shop.orders o
SELECT other.orders.id FROM shop.orders
SELECT id FROM nosuch
SELECT id FROM nodb.orders
SELECT ID, Status FROM orders
SELECT O.id FROM orders o
SELECT Orders.id FROM orders
SELECT id FROM Orders
SELECT id FROM Shop.orders
SELECT id FROM orders, customers
SELECT orders.id FROM orders, customers
SELECT o.id, c.id FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY id
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY id
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY id
SELECT o.status FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY id
SELECT o.status FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY id
SELECT id FROM orders a JOIN orders b USING (id)
SELECT a.id, b.id FROM orders a JOIN orders b USING (id)
SELECT status FROM orders a JOIN orders b USING (id)
SELECT id FROM orders a JOIN order_lines b USING (id)
SELECT sku, price FROM products NATURAL JOIN order_lines
SELECT sku FROM products NATURAL JOIN order_lines NATURAL JOIN `Price list - Überblick`
SELECT price FROM products JOIN `Price list - Überblick` USING (sku)
SELECT id FROM orders a JOIN orders b USING (id) JOIN orders c USING (id)
SELECT id FROM orders a JOIN orders b ON a.id = b.id JOIN orders c USING (id)
SELECT id FROM orders AS a, orders AS a
SELECT 1 FROM orders, orders
SELECT 1 FROM orders a, customers b, orders b
SELECT 1 FROM orders x, (SELECT 1 AS one) x
SELECT 1 FROM shop.orders, (SELECT 1 AS one) orders
SELECT o.id FROM orders o, customers c JOIN order_lines l ON l.order_id = o.id
SELECT o.id FROM customers c, orders o JOIN order_lines l ON l.order_id = o.id
SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = c.id JOIN customers c ON c.id = o.customer_id
SELECT id AS x FROM orders WHERE x = 1
SELECT id AS x FROM orders GROUP BY x
SELECT id AS x FROM orders HAVING x = 1
SELECT id AS x FROM orders ORDER BY x
SELECT id AS x FROM orders ORDER BY x + 1
SELECT id AS x FROM orders GROUP BY x + 1
SELECT id FROM orders HAVING status = 'new'
SELECT id FROM orders HAVING id = 1
SELECT status FROM orders GROUP BY status HAVING COUNT(customer_id) > 1
SELECT status FROM orders GROUP BY status HAVING customer_id > 1
SELECT COUNT(*) FROM orders GROUP BY status HAVING status = 'new'
SELECT COUNT(*) AS n FROM orders GROUP BY status HAVING n > 1 ORDER BY n
SELECT id + 1 AS y, y + 1 FROM orders
SELECT id AS y, (SELECT y) FROM orders
SELECT id AS y, (SELECT y + 1) FROM orders
SELECT (SELECT y), id AS y FROM orders
SELECT id AS y FROM orders WHERE id IN (SELECT y)
SELECT id AS y FROM orders HAVING (SELECT y) > 1
SELECT id AS y FROM orders ORDER BY (SELECT y)
SELECT id FROM orders ORDER BY 1
SELECT id FROM orders ORDER BY 2
SELECT id FROM orders ORDER BY 0
SELECT id FROM orders GROUP BY 2
SELECT * FROM orders ORDER BY 5
SELECT * FROM orders ORDER BY 4
SELECT id FROM orders UNION SELECT id FROM customers ORDER BY id
SELECT id FROM orders UNION SELECT id FROM customers ORDER BY status
SELECT id FROM orders UNION SELECT id, email FROM customers
SELECT id, status FROM orders UNION SELECT id, email FROM customers ORDER BY 2
SELECT id FROM orders UNION SELECT id FROM customers ORDER BY orders.id
(SELECT id FROM orders) ORDER BY id
(SELECT id FROM orders) ORDER BY status
SELECT id FROM orders EXCEPT SELECT customer_id FROM orders
SELECT id FROM orders INTERSECT SELECT customer_id, id FROM orders
SELECT x.id FROM (SELECT id FROM orders) x
SELECT x.status FROM (SELECT id FROM orders) x
SELECT id FROM (SELECT id FROM orders)
SELECT x.id FROM (SELECT id, id FROM orders) x
SELECT 1 FROM (SELECT o.id, c.id FROM orders o JOIN customers c ON c.id = o.customer_id) x
SELECT 1 FROM (SELECT * FROM orders a JOIN orders b ON a.id = b.id) x
SELECT 1 FROM (SELECT * FROM orders a JOIN orders b USING (id)) x
SELECT x.`COUNT(*)` FROM (SELECT COUNT(*) FROM orders) x
SELECT x.`id + 1` FROM (SELECT id + 1 FROM orders) x
SELECT x.`id+2` FROM (SELECT id + 1 FROM orders) x
SELECT x.nosuch FROM (SELECT COUNT(*) FROM orders) x
SELECT o.id, (SELECT COUNT(*) FROM order_lines l WHERE l.order_id = o.id) AS n FROM orders o
SELECT o.id, (SELECT COUNT(*) FROM order_lines l WHERE l.order_id = z.id) AS n FROM orders o
SELECT o.id FROM orders o WHERE EXISTS (SELECT * FROM customers c WHERE c.id = o.customer_id AND status = 'new')
SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id AND c.status = 'new')
SELECT o.id FROM orders o, (SELECT o.id FROM customers) x
SELECT id FROM orders WHERE customer_id IN (SELECT id, email FROM customers)
SELECT id FROM orders WHERE (customer_id, id) IN (SELECT id, id FROM customers)
SELECT id FROM orders WHERE (customer_id, id) IN (SELECT id FROM customers)
SELECT id FROM orders WHERE (customer_id, id) IN ((1, 2), (3, 4))
SELECT id FROM orders WHERE (customer_id, id) IN ((1, 2), (3, 4, 5))
SELECT id FROM orders WHERE (customer_id, id) = (1, 2)
SELECT id FROM orders WHERE (customer_id, id) = (SELECT 1, 2)
SELECT id FROM orders WHERE customer_id = (SELECT 1, 2)
SELECT (SELECT 1, 2)
SELECT (SELECT id, email FROM customers LIMIT 1)
SELECT (id, customer_id) FROM orders
SELECT id FROM orders WHERE customer_id = ANY (SELECT id FROM customers)
SELECT id FROM orders WHERE customer_id = ANY (SELECT id, email FROM customers)
WITH c AS (SELECT id FROM customers) SELECT id FROM c
WITH c AS (SELECT id FROM customers) SELECT email FROM c
WITH c (k) AS (SELECT id FROM customers) SELECT k FROM c
WITH c (k) AS (SELECT id FROM customers) SELECT id FROM c
WITH c (k, l) AS (SELECT id FROM customers) SELECT k FROM c
WITH customers AS (SELECT id AS only_id FROM orders) SELECT only_id FROM customers
WITH customers AS (SELECT id AS only_id FROM orders) SELECT email FROM customers
WITH customers AS (SELECT id AS only_id FROM orders) SELECT email FROM shop.customers
WITH customers AS (SELECT email FROM customers) SELECT email FROM customers
WITH a AS (SELECT 1 AS x), a AS (SELECT 2 AS y) SELECT x FROM a
WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT x FROM b
WITH b AS (SELECT x FROM a), a AS (SELECT 1 AS x) SELECT x FROM b
WITH c AS (SELECT id FROM customers) SELECT id FROM C
WITH C AS (SELECT id FROM customers) SELECT c.id FROM C
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT j + 1 FROM n WHERE i < 5) SELECT i FROM n
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1, 2 FROM n WHERE i < 5) SELECT i FROM n
WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n
WITH c AS (SELECT 1 AS x) SELECT (SELECT x FROM c) FROM orders
WITH c AS (SELECT id, id FROM orders) SELECT 1 FROM c
SELECT id FROM open_orders
SELECT status FROM open_orders
SELECT email, placed_at FROM open_orders WHERE email LIKE 'a%'
SELECT id FROM orders USE INDEX (k_orders_customer)
SELECT id FROM orders USE INDEX (nosuch)
SELECT id FROM orders FORCE INDEX (PRIMARY)
SELECT id FROM orders PARTITION (p0)
SELECT SUM(quantity) OVER (PARTITION BY sku ORDER BY line_no) FROM order_lines
SELECT SUM(quantity) OVER w FROM order_lines WINDOW w AS (PARTITION BY sku)
SELECT SUM(quantity) OVER (PARTITION BY nosuch) FROM order_lines
SELECT SUM(quantity) OVER v FROM order_lines WINDOW w AS (PARTITION BY sku)
SELECT JSON_VALUE(details, '$.a') FROM products
SELECT j.x, p.sku FROM products p, JSON_TABLE(p.details, '$[*]' COLUMNS (x INT PATH '$.x')) AS j
SELECT j.y FROM products p, JSON_TABLE(p.details, '$[*]' COLUMNS (x INT PATH '$.x')) AS j
SELECT j.x FROM JSON_TABLE(p.details, '$[*]' COLUMNS (x INT PATH '$.x')) AS j, products p
SELECT j.x, j.n FROM products p, JSON_TABLE(p.details, '$[*]' COLUMNS (n FOR ORDINALITY, NESTED PATH '$.a' COLUMNS (x INT PATH '$'))) AS j
SELECT GROUP_CONCAT(DISTINCT sku ORDER BY line_no SEPARATOR ',') FROM order_lines
SELECT GROUP_CONCAT(sku ORDER BY nosuch) FROM order_lines
SELECT TIMESTAMPDIFF(DAY, placed_at, NOW()) FROM orders
SELECT TIMESTAMPDIFF(DAY, nosuch, NOW()) FROM orders
SELECT DATE_ADD(placed_at, INTERVAL 1 DAY) FROM orders
SELECT EXTRACT(YEAR FROM placed_at), UTC_TIMESTAMP, CURRENT_DATE FROM orders
SELECT CASE status WHEN 'new' THEN 1 ELSE nosuch END FROM orders
SELECT nosuchfunction(id) FROM orders
SELECT COUNT (*) FROM orders
SELECT IF(id > 1, status, email) FROM orders
SELECT IFNULL(full_name, email) FROM customers WHERE country IN ('DE', 'FR') AND created_at > '2024-01-01' LIMIT 10
SELECT id FROM orders LIMIT 5 OFFSET 2
SELECT id FROM orders LIMIT id
SELECT 1 FROM DUAL
SELECT *
SELECT * FROM DUAL
SELECT DISTINCT status FROM orders ORDER BY id
SELECT o.id FROM (orders o JOIN customers c ON c.id = o.customer_id)
SELECT o.id FROM (orders o JOIN customers c ON c.id = o.customer_id) LEFT JOIN order_lines l ON l.order_id = o.id AND c.country = 'DE'
SELECT o.id FROM orders o LEFT JOIN (order_lines l JOIN products p ON p.sku = o.id) ON l.order_id = o.id
SELECT o.id FROM orders o LEFT JOIN (order_lines l JOIN products p ON p.sku = l.sku) ON l.order_id = o.id
SELECT o.id FROM orders o STRAIGHT_JOIN customers c ON c.id = o.customer_id
SELECT o.id FROM orders o CROSS JOIN customers c
SELECT o.id FROM orders o RIGHT JOIN customers c ON c.id = o.customer_id
SELECT `id` FROM `shop`.`orders`
SELECT "id" FROM orders
SELECT id FROM orders WHERE status = "new"
SELECT id 'an alias' FROM orders
SELECT id `x y` FROM orders ORDER BY `x y`
SELECT @a, @@sql_mode FROM orders
SELECT _rowid FROM orders
SELECT _utf8mb4'abc', x'41', b'01', 0x41, N'abc'
SELECT id FROM orders WHERE MATCH (status) AGAINST ('x')
SELECT email FROM customers WHERE email REGEXP '^a' AND NOT full_name <=> NULL
SELECT COUNT(*), MAX(id) FROM orders WHERE placed_at BETWEEN '2024-01-01' AND '2024-12-31'
SELECT c.email, SUM(l.quantity * p.price) AS total FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.sku = l.sku GROUP BY c.email HAVING total > 100 ORDER BY total DESC LIMIT 10
SELECT valid_from FROM `Price list - Überblick`
SELECT valid_from FROM `price list - überblick`
SELECT VALUES(id) FROM orders
SELECT DEFAULT(status) FROM orders
SELECT id FROM orders FETCH FIRST 5 ROWS ONLY
SELECT a.id FROM orders a WHERE a.id = (SELECT MAX(b.id) FROM orders b WHERE b.customer_id = a.customer_id AND EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = a.id AND l.line_no = b.id))
VALUES (1, 2), (3, 4)
VALUES (1, 2), (3)
SELECT status FROM orders GROUP BY status WITH ROLLUP
SELECT id FROM orders WHERE status = 'new' FOR UPDATE
SELECT ROW_NUMBER() OVER (ORDER BY id) AS rn, id FROM orders ORDER BY rn
SELECT ROW_NUMBER() OVER (ORDER BY id) AS rn, id FROM orders WHERE rn = 1
SELECT id FROM orders WHERE COUNT(*) > 1
SELECT EXISTS (SELECT id, status FROM orders)
SELECT 1 IN (1, 2), 1 NOT IN (SELECT id FROM orders)
SELECT COALESCE(o.id, c.id) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL
SELECT status, COUNT(*) AS id FROM orders GROUP BY id
SELECT o.id FROM orders o WHERE o.id IN (SELECT l.order_id FROM order_lines l GROUP BY l.order_id HAVING COUNT(*) > o.customer_id)
SELECT o.id FROM orders o GROUP BY o.id HAVING EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)
SELECT o.status FROM orders o GROUP BY o.status HAVING EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)
SELECT o.id FROM orders o WHERE o.id = (SELECT id FROM customers c WHERE c.id = o.customer_id LIMIT 1)
SELECT id x, x FROM orders
SELECT COUNT(id) c FROM orders HAVING c > 1
SELECT MAX(id) FROM orders HAVING MAX(customer_id) > 1
SELECT status s, COUNT(*) FROM orders GROUP BY s HAVING s = 'new' ORDER BY s
SELECT status s, COUNT(*) FROM orders GROUP BY s HAVING status = 'new'
SELECT UPPER(status) FROM orders GROUP BY UPPER(status) HAVING UPPER(status) = 'NEW'
SELECT UPPER(status) u FROM orders GROUP BY u HAVING status = 'NEW'
SELECT o.status FROM orders o GROUP BY o.status HAVING o.status = 'new'
SELECT o.status FROM orders o HAVING o.status = 'new'
SELECT o.status FROM orders o HAVING o.id = 1
SELECT o.status st FROM orders o HAVING o.status = 'new'
SELECT * FROM orders HAVING status = 'new'
SELECT o.* FROM orders o HAVING customer_id = 1
SELECT 1 FROM orders HAVING id = 1
SELECT id FROM orders ORDER BY orders.status
SELECT id AS status FROM orders ORDER BY status
SELECT id AS status FROM orders WHERE status = 'new'
SELECT id AS status FROM orders GROUP BY status
SELECT id, id FROM orders ORDER BY id
SELECT id AS a, status AS a FROM orders ORDER BY a
SELECT id AS a, status AS a FROM orders GROUP BY a
SELECT id AS a, status AS a FROM orders HAVING a = 1
SELECT id AS a, id AS a FROM orders ORDER BY a
SELECT o.id FROM orders o JOIN customers c USING (id) WHERE id = 1
SELECT o.id FROM orders o JOIN customers c USING (id, id) WHERE id = 1
SELECT * FROM orders o JOIN customers c USING (id) ORDER BY 8
SELECT * FROM orders o JOIN customers c USING (id) ORDER BY 9
SELECT c.id FROM orders o NATURAL JOIN customers c
SELECT id FROM orders o NATURAL JOIN customers c
SELECT id FROM orders o NATURAL LEFT JOIN customers c
SELECT id FROM orders RIGHT JOIN customers USING (id)
SELECT placed_at FROM orders NATURAL JOIN open_orders
SELECT x.n FROM (SELECT COUNT(*) n FROM orders) x JOIN (SELECT COUNT(*) n FROM customers) y USING (n)
SELECT n FROM (SELECT COUNT(*) n FROM orders) x, (SELECT COUNT(*) n FROM customers) y
SELECT (SELECT id FROM orders LIMIT 1) AS a, (SELECT a) AS b
SELECT (SELECT MAX(o2.id) FROM orders o2 WHERE o2.customer_id = o.customer_id AND o2.id > id) FROM orders o
SELECT id FROM orders o WHERE id IN (SELECT order_id FROM order_lines WHERE order_id = o.id AND sku IN (SELECT sku FROM products WHERE price > o.id))
SELECT id FROM orders o WHERE id IN (SELECT order_id FROM order_lines WHERE sku IN (SELECT sku FROM products WHERE email > 1))
SELECT 1 FROM (SELECT 1) x
SELECT `1` FROM (SELECT 1) x
SELECT `a` FROM (SELECT 'a') x
SELECT `CURRENT_DATE` FROM (SELECT CURRENT_DATE) x
SELECT `NULL` FROM (SELECT NULL) x
SELECT `max(id)` FROM (SELECT MAX(id) FROM orders) x
SELECT `o.id` FROM (SELECT o.id FROM orders o) x
SELECT `id` FROM (SELECT o.id FROM orders o) x
SELECT `(id)` FROM (SELECT (id) FROM orders o) x
SELECT id FROM (SELECT (id) FROM orders o) x
SELECT `-1` FROM (SELECT -1) x
SELECT `a b` FROM (SELECT 'a' 'b') x
SELECT ab FROM (SELECT 'a' 'b') x
SELECT a FROM (SELECT 'a' 'b') x
SELECT `1 + 1` FROM (SELECT 1 + 1 UNION SELECT 2) x
SELECT b FROM (SELECT 1 a UNION SELECT 2 b) x
WITH x AS (SELECT 1) SELECT `1` FROM x
WITH x (a, b) AS (SELECT 1, 2 UNION SELECT 3, 4) SELECT a, b FROM x ORDER BY b
WITH x AS (WITH y AS (SELECT 1 AS a) SELECT a FROM y) SELECT a FROM x
WITH x AS (WITH y AS (SELECT 1 AS a) SELECT a FROM y) SELECT a FROM y
SELECT a FROM (WITH y AS (SELECT 1 AS a) SELECT a FROM y) z
WITH x AS (SELECT 1 AS a) SELECT x.a, y.a FROM x, x y
WITH x AS (SELECT 1 AS a) SELECT 1 FROM x, x
WITH x AS (SELECT 1 AS a) SELECT 1 FROM shop.x
WITH x AS (SELECT nosuch FROM orders) SELECT 1
WITH RECURSIVE x AS (SELECT 1 AS a) SELECT a FROM x
WITH RECURSIVE x AS (SELECT a FROM x) SELECT a FROM x
WITH RECURSIVE t AS (SELECT id, customer_id FROM orders WHERE id = 1 UNION SELECT o.id, o.customer_id FROM orders o JOIN t ON o.id = t.customer_id) SELECT t.id FROM t
WITH RECURSIVE a AS (SELECT 1 AS i UNION SELECT i FROM b), b AS (SELECT i FROM a) SELECT i FROM a
SELECT id FROM orders UNION ALL SELECT id FROM customers UNION SELECT order_id FROM order_lines ORDER BY 1 LIMIT 3
(SELECT id FROM orders ORDER BY status LIMIT 1) UNION (SELECT id FROM customers ORDER BY email LIMIT 1) ORDER BY id
SELECT id FROM orders ORDER BY id UNION SELECT 1
SELECT o.id FROM orders o WHERE o.status <> ALL (SELECT status FROM orders)
SELECT CAST(id AS CHAR(10)), CONVERT(status USING utf8mb4), BINARY status, status COLLATE utf8mb4_bin FROM orders
SELECT CAST(details AS JSON) FROM products
SELECT JSON_EXTRACT(details, '$.a'), JSON_UNQUOTE(JSON_EXTRACT(details, '$.b')) FROM products
SELECT details->'$.a' FROM products
SELECT STRAIGHT_JOIN o.id FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT SQL_NO_CACHE id FROM orders
SELECT HIGH_PRIORITY id FROM orders
SELECT DISTINCT o.status, c.country FROM orders o JOIN customers c ON o.customer_id = c.id
SELECT ALL id FROM orders
SELECT DISTINCTROW id FROM orders
SELECT id FROM orders WHERE id IN ()
SELECT id FROM orders WHERE (id) IN (1)
SELECT id FROM orders WHERE id IN ((1), (2))
SELECT id FROM orders WHERE ROW(id, customer_id) = ROW(1, 2)
SELECT id FROM orders WHERE ROW(id, customer_id) IN (SELECT 1, 2)
SELECT id FROM orders WHERE (id, customer_id) > (1, 2)
SELECT id FROM orders WHERE NOT (id, customer_id) = (1, 2)
SELECT id FROM orders WHERE (id, (customer_id, status)) = (1, (2, 3))
SELECT CASE (SELECT 1, 2) WHEN 1 THEN 2 END
SELECT COUNT(DISTINCT status, customer_id) FROM orders
SELECT COUNT(*, 1) FROM orders
SELECT MAX(*) FROM orders
SELECT COUNT(o.*) FROM orders o
SELECT id FROM orders GROUP BY 1
SELECT COUNT(*) FROM orders GROUP BY 1
SELECT id FROM orders ORDER BY '1'
SELECT id FROM orders ORDER BY NULL
SELECT id FROM orders ORDER BY RAND()
SELECT id FROM orders ORDER BY -1
SELECT id FROM orders LIMIT 5, 10
SELECT id FROM orders LIMIT -1
SELECT id FROM orders LIMIT 1 + 1
SELECT id FROM orders LIMIT 'a'
SELECT id FROM orders OFFSET 5
SELECT customers.* FROM orders, customers
SELECT shop.customers.* FROM customers
SELECT nodb.customers.* FROM customers
SELECT c.*, 1 FROM customers c
SELECT *, 1 FROM customers c
SELECT 1, * FROM customers c
SELECT * FROM customers c, (SELECT * FROM orders) o WHERE o.customer_id = c.id
SELECT o.id o, o.o FROM orders o
SELECT id.id FROM orders id
SELECT `orders`.`id` FROM `orders`
SELECT orders . id FROM orders
SELECT id FROM orders AS `select` WHERE `select`.id = 1
SELECT id FROM orders select
SELECT id from from orders
SELECT select FROM orders
SELECT id order FROM orders
SELECT id key FROM orders
SELECT id rank FROM orders
SELECT id AS rank FROM orders ORDER BY rank
SELECT id AS value, status AS position FROM orders
SELECT id FROM orders left JOIN customers USING (id)
SELECT left.id FROM orders left
SELECT offset.id FROM orders offset
SELECT id FROM orders FULL JOIN customers USING (id)
SELECT id FROM orders full
SELECT YEAR(placed_at), MONTHNAME(placed_at), placed_at + INTERVAL 1 DAY - INTERVAL 2 HOUR FROM orders
SELECT INTERVAL(1, 2, 3)
SELECT DATE_SUB(placed_at, INTERVAL '1:2' MINUTE_SECOND) FROM orders
SELECT EXTRACT(DAY_HOUR FROM placed_at) FROM orders
SELECT TIMESTAMPADD(SQL_TSI_DAY, 1, placed_at) FROM orders
SELECT GET_FORMAT(DATE, 'EUR')
SELECT TRIM(BOTH 'x' FROM status), SUBSTRING(status, 1, 2), SUBSTR(status FROM 2 FOR 1) FROM orders
SELECT CHAR(65, 66), ASCII('a'), HEX('a')
SELECT STR_TO_DATE('1', '%d'), DATE_FORMAT(placed_at, '%Y') FROM orders
SELECT LOCALTIME, LOCALTIMESTAMP, CURRENT_TIME, UTC_DATE, UTC_TIME
SELECT NOW, id FROM orders
SELECT DATE FROM orders
SELECT VERSION(), DATABASE(), USER(), SCHEMA(), CONNECTION_ID(), LAST_INSERT_ID(), FOUND_ROWS(), ROW_COUNT()
SELECT @a, @@global.sql_mode, @@session.sql_mode, @`a b`
SELECT @@nosuchvariable
SELECT TRUE AND FALSE OR NULL XOR 1, NOT 1, 5 DIV 2, 5 % 2, 5 MOD 2, 1 << 2, 1 | 2, 1 & 3, 1 ^ 1, ~1
SELECT 1 = 1 = 1, 1 < 2 < 3, NULL <=> NULL, 1 <> 2, 1 != 2
SELECT 'a' LIKE 'b' ESCAPE '|', 'a' NOT LIKE 'b', 'a' REGEXP 'b', 'a' NOT REGEXP 'b', 'a' RLIKE 'b'
SELECT 1 IS TRUE, 1 IS NOT NULL, 1 IS UNKNOWN, 1 BETWEEN 0 AND 2, 1 NOT BETWEEN 0 AND 2
SELECT 1 || 2, 1 && 2
SELECT _latin1'a', N'a', X'41', 0x41, b'1', 0b1, 1e5, .5, 1., 'a' 'b'
SELECT DATE '2024-01-01', TIME '10:00:00', TIMESTAMP '2024-01-01 10:00:00'
SELECT {d '2024-01-01'}
SELECT COUNT(*) OVER (), RANK() OVER (ORDER BY id), LAG(id, 1) OVER (PARTITION BY status ORDER BY id), FIRST_VALUE(id) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM orders
SELECT id FROM orders WHERE RANK() OVER (ORDER BY id) = 1
SELECT SUM(COUNT(*)) OVER () FROM orders GROUP BY status
SELECT SUM(COUNT(*)) FROM orders
SELECT SUM(id) OVER (w ROWS 1 PRECEDING) FROM orders WINDOW w AS (ORDER BY id)
SELECT SUM(id) OVER w2 FROM orders WINDOW w1 AS (PARTITION BY status), w2 AS (w1 ORDER BY id)
SELECT id FROM orders FORCE INDEX FOR JOIN (k_orders_customer) IGNORE INDEX (PRIMARY)
SELECT id FROM orders IGNORE KEY (nosuch)
SELECT o.id FROM orders o USE INDEX () WHERE o.id = 1
SELECT a.id FROM (orders a) JOIN (customers b) ON a.id = b.id
SELECT id FROM (orders)
SELECT id FROM ((orders))
SELECT * FROM (SELECT 1 AS a) AS x NATURAL JOIN (SELECT 1 AS b) AS y
SELECT a FROM (SELECT 1 AS a) x CROSS JOIN (SELECT 2 AS b) y ON 1 = 1
SELECT a FROM (SELECT 1 AS a) x LEFT JOIN (SELECT 2 AS b) y
SELECT a FROM (SELECT 1 AS a) x INNER JOIN (SELECT 2 AS b) y
SELECT 1 WHERE 1
SELECT 1 FROM DUAL WHERE 1
SELECT 1 HAVING 1
SELECT 1 ORDER BY 1
SELECT 1 LIMIT 1
SELECT
SELECT FROM orders
SELECT , FROM orders
