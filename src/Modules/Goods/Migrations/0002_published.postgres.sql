-- What other modules' SQL may read of sales; the columns are a promise.
create view goods_published_sale with (security_invoker = true) as
select company_id, id, batch_id, kind, customer_id, store_id, sold_on from goods_sale;
create view goods_published_line with (security_invoker = true) as
select l.company_id, l.sale_id, l.line_number, l.amount, p.name as product from goods_sale_line l join goods_product p on p.company_id = l.company_id and p.id = l.product_id;
