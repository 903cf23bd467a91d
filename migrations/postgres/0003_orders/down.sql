DROP TABLE orders_dirty;
DROP TABLE order_moves;
DROP TABLE erased_people;
DROP TABLE contacts;
DROP TABLE orders;
DROP TABLE order_events;
