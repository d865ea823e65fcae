\set n random(1, :customers)
\set kind random(1, 3)
begin;
select set_config('app.company_id', :company, true), set_config('app.reader', :reader, true), set_config('app.at', now()::text, true);
\if :kind = 1
select id, number, name, phone, tier, stage, store_id, owner_id, ladder, next_contact_at, next_contact_reason, last_contact_at, last_purchase_on, device_model, replacement_due from customers_customer where company_id = :company and id in (select customers_find('''1_138' || (10000000 + :n::bigint * 7919 % 90000000)::text || '''', 201)) order by id limit 21;
\elif :kind = 2
select id, number, name, phone, tier, stage, store_id, owner_id, ladder, next_contact_at, next_contact_reason, last_contact_at, last_purchase_on, device_model, replacement_due from customers_customer where company_id = :company and id in (select customers_find('''1_' || right((10000000 + :n::bigint * 7919 % 90000000)::text, 4) || ''' | ''1__p' || right((10000000 + :n::bigint * 7919 % 90000000)::text, 4) || ''' | ''1_00' || right((10000000 + :n::bigint * 7919 % 90000000)::text, 4) || '''', 201)) order by id limit 21;
\else
select id, number, name, phone, tier, stage, store_id, owner_id, ladder, next_contact_at, next_contact_reason, last_contact_at, last_purchase_on, device_model, replacement_due from customers_customer where company_id = :company and id in (select customers_find('''1_' || substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任沈姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷', 1 + :n::integer % 81, 1) || substr('伟芳娜敏静强磊洋艳勇军杰娟涛明超霞平刚桂英建华志海燕晓东丽文俊雨欣子涵思远佳怡浩然梦瑶宇航雅婷国庆秀兰春梅小龙嘉豪一鸣玉红永金凤少美琳', 1 + :n::integer / 81 % 67, 1) || substr('伟芳娜敏静强磊洋艳勇军杰娟涛明超霞平刚桂英建华志海燕晓东丽文俊雨欣子涵思远佳怡浩然梦瑶宇航雅婷国庆秀兰春梅小龙嘉豪一鸣玉红永金凤少美琳', 1 + :n::integer / 5427 % 67, 1) || ''' | ''1__t' || substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任沈姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷', 1 + :n::integer % 81, 1) || substr('伟芳娜敏静强磊洋艳勇军杰娟涛明超霞平刚桂英建华志海燕晓东丽文俊雨欣子涵思远佳怡浩然梦瑶宇航雅婷国庆秀兰春梅小龙嘉豪一鸣玉红永金凤少美琳', 1 + :n::integer / 81 % 67, 1) || substr('伟芳娜敏静强磊洋艳勇军杰娟涛明超霞平刚桂英建华志海燕晓东丽文俊雨欣子涵思远佳怡浩然梦瑶宇航雅婷国庆秀兰春梅小龙嘉豪一鸣玉红永金凤少美琳', 1 + :n::integer / 5427 % 67, 1) || '''', 201)) order by id limit 21;
\endif
commit;
