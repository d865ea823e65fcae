-- Rows that ship ready and were never edited now carry the key of their words, so that every reader reads their own language.
update custody_retention_class set title = 'custody.class.prospect' where key = 'prospect' and title = '准顾客';
update custody_retention_class set title = 'custody.class.buyer' where key = 'buyer' and title = '一般客户';
update custody_retention_class set title = 'custody.class.special' where key = 'special' and title = '特殊客户';
update custody_penalty_scale set title = 'custody.penalty.ready.loss' where key = 'loss' and title = '档案丢失';
update custody_penalty_scale set title = 'custody.penalty.ready.damage' where key = 'damage' and title = '档案损坏';
update custody_penalty_scale set title = 'custody.penalty.ready.missing' where key = 'missing' and title = '档案缺少';
update custody_penalty_scale set title = 'custody.penalty.ready.secrecy' where key = 'secrecy' and title = '泄露客户信息';
update custody_notice_template set title = 'custody.notice.ready.Inform.title' where kind = 'Inform' and title = '服务安排知会';
update custody_notice_template set words = 'custody.notice.ready.Inform.words' where kind = 'Inform' and words = '{0} 您好：本店服务安排有变动，特此知会。';
update custody_notice_template set title = 'custody.notice.ready.Report.title' where kind = 'Report' and title = '处理情况报告';
update custody_notice_template set words = 'custody.notice.ready.Report.words' where kind = 'Report' and words = '{0} 您好：您反映的事处理情况如下。';
update custody_notice_template set title = 'custody.notice.ready.Notify.title' where kind = 'Notify' and title = '取机通知';
update custody_notice_template set words = 'custody.notice.ready.Notify.words' where kind = 'Notify' and words = '{0} 您好：您的手机已经修好，请在 7 天内带身份证来取。';
update custody_notice_template set title = 'custody.notice.ready.Circulate.title' where kind = 'Circulate' and title = '产品安全通报';
update custody_notice_template set words = 'custody.notice.ready.Circulate.words' where kind = 'Circulate' and words = '{0} 您好：您购买的产品有一项安全提示，请仔细阅读。';
update custody_rule set title = 'custody.rule.three-donts' where key = 'three-donts' and title = '客户信息三不准';
update custody_rule_edition set words = 'custody.rule.three-donts-words' where number = 1 and words = '一、不准在私人交往中泄露客户信息。
二、不准在公共场所谈论客户信息。
三、不准在普通电话、普通消息和私人通信中泄露客户信息。
发现泄露或者可能泄露，马上补救，马上报告。';
