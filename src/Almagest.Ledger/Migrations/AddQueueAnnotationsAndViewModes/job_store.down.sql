drop table jobs.qrtz_blob_triggers, jobs.qrtz_cron_triggers, jobs.qrtz_simple_triggers, jobs.qrtz_simprop_triggers,
  jobs.qrtz_triggers, jobs.qrtz_job_details, jobs.qrtz_calendars, jobs.qrtz_paused_trigger_grps, jobs.qrtz_paused_job_grps,
  jobs.qrtz_fired_triggers, jobs.qrtz_scheduler_state, jobs.qrtz_locks,
  jobs.qrtz_execution_history, jobs.qrtz_misfire_history, jobs.qrtz_job_status;
drop schema jobs;
