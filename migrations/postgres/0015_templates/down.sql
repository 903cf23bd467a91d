DROP TABLE shop_templates;
