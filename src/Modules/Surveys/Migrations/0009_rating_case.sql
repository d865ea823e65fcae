alter table surveys_rating add column complaint_id uuid;
