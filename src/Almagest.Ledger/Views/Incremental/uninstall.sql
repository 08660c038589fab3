-- With its triggers on other tables; what made those of other names again is done when it is installed.
drop schema if exists view_summaries cascade;
