-- What the customer drew under the result (客户意见处理表); empty: confirmed without.
alter table complaints_confirmation add column signature text not null default '';
