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
