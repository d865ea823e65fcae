-- What a rule is called and where it binds is of the edition: it is approved with it, in force with it. Null in editions of before: as the rule says.
alter table custody_rule_edition add column title text;
alter table custody_rule_edition add column places text;
