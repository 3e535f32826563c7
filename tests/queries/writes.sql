INSERT INTO orders (customer_id) VALUES (1)
INSERT INTO orders (id, customer_id) VALUES (1, 2, 3)
INSERT INTO orders (id, customer_id, id) VALUES (1, 2, 3)
INSERT INTO orders (id, nosuch) VALUES (1, 2)
INSERT INTO orders VALUES (1, 2, 'new', NOW())
INSERT INTO orders VALUES (1, 2, 'new')
INSERT INTO orders SET customer_id = 1
INSERT INTO orders SET nosuch = 1
INSERT INTO orders () VALUES ()
INSERT INTO orders (status) VALUES ('new')
INSERT INTO products (sku, title, price, gross) VALUES ('a', 'b', 1, 2)
INSERT INTO products (sku, title, price, gross) VALUES ('a', 'b', 1, DEFAULT)
INSERT INTO products (sku, title, price) SELECT sku, title, price FROM products
INSERT INTO products (sku, title, price) SELECT sku, title FROM products
INSERT INTO products (sku, title, gross) SELECT sku, title, price FROM products
INSERT INTO nosuch VALUES (1)
INSERT INTO open_orders (id) VALUES (1)
INSERT INTO orders (orders.customer_id) VALUES (1)
INSERT INTO orders (o.customer_id) VALUES (1)
INSERT INTO orders (customer_id, id) VALUES (1, customer_id + 1)
INSERT INTO orders (customer_id, id) VALUES (1, nosuch + 1)
INSERT INTO orders (customer_id) VALUES (1) ON DUPLICATE KEY UPDATE customer_id = VALUES(customer_id), status = 'paid'
INSERT INTO orders (customer_id) VALUES (1) ON DUPLICATE KEY UPDATE nosuch = 1
INSERT INTO orders (customer_id) VALUES (1) ON DUPLICATE KEY UPDATE customer_id = VALUES(nosuch)
INSERT INTO orders (customer_id) SELECT c.id FROM customers c ON DUPLICATE KEY UPDATE customer_id = c.id
INSERT INTO orders (customer_id) SELECT c.id FROM customers c ON DUPLICATE KEY UPDATE customer_id = x.id
REPLACE INTO orders (customer_id) VALUES (1)
REPLACE INTO orders (status) VALUES ('new')
UPDATE orders SET status = 'paid' WHERE id = 1
UPDATE orders SET nosuch = 'paid' WHERE id = 1
UPDATE orders SET status = nosuch WHERE id = 1
UPDATE orders o SET o.status = 'paid' WHERE o.id = 1
UPDATE orders o SET orders.status = 'paid' WHERE o.id = 1
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.status = 'paid' WHERE c.country = 'DE'
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET id = 1
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET email = 'x'
UPDATE open_orders SET email = 'x'
UPDATE products SET gross = 1
UPDATE products SET gross = DEFAULT
UPDATE orders SET status = 'paid' ORDER BY id LIMIT 1
UPDATE orders SET status = 'paid' ORDER BY nosuch LIMIT 1
UPDATE orders o JOIN (SELECT MAX(id) AS m FROM orders) x ON x.m = o.id SET o.status = 'new'
UPDATE orders o JOIN (SELECT MAX(id) AS m FROM orders) x ON x.m = o.id SET x.m = 1
DELETE FROM orders WHERE id = 1
DELETE FROM orders WHERE nosuch = 1
DELETE FROM nosuch
DELETE o FROM orders o JOIN customers c ON c.id = o.customer_id
DELETE x FROM orders o JOIN customers c ON c.id = o.customer_id
DELETE orders FROM orders o JOIN customers c ON c.id = o.customer_id
DELETE FROM o USING orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = 1
DELETE FROM open_orders
DELETE FROM orders ORDER BY id LIMIT 3
DELETE o, c FROM orders o JOIN customers c ON c.id = o.customer_id WHERE nosuch = 1
DELETE FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE country = 'DE')
DELETE FROM orders WHERE id = 1 RETURNING id, status
