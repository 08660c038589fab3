select run_id, cluster_id, cluster_size, star_ids, completed_at as last_updated
from view_summaries.clusters
