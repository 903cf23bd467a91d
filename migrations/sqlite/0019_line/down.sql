ALTER TABLE transport_holds DROP COLUMN line;
