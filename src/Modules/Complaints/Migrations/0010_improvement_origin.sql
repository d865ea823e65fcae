-- Where an improvement comes from when it is no case: the address of a page of another module (a visit by a mystery shopper, an index below its target), and its words.
alter table complaints_improvement add column origin text not null default '';
alter table complaints_improvement add column origin_words text not null default '';
create index complaints_improvement_origin on complaints_improvement (company_id, origin);
