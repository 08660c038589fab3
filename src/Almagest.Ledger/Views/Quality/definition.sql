-- One row per complete run and label set whose labels say what the run looks for, of at least one star that it analysed.
-- Only labelled stars count. Precision, recall and F1 are null where their denominator is 0. Where all labels call their stars
-- unusual, or all ordinary, precision would be 1 or 0 whatever the run flags: it is null, as F1 and average precision, which rest on it. A
-- run whose results are in files is not judged: the ledger has its flagged stars, or members of clusters, alone, and labels of few
-- others, among which every unusual star is flagged and every member found.
with runs as not materialized (
  select run_id, run_type, completed_at
  from public.discovery_runs
  where is_complete and star_set_id is null
),
-- Anomaly runs: a star is judged where its label says is_anomaly. Rising rank = more anomalous; a star without a score ranks last.
judged as not materialized (
  select r.run_id, l.label_set, -coalesce(r.anomaly_score, 'infinity') as rank, r.is_anomaly as flag, l.is_anomaly as truth, l.labelled_at
  from public.discovery_results r
  join runs d using (run_id)
  join public.star_labels l using (star_id)
  where d.run_type = 'anomaly' and l.is_anomaly is not null
),
-- The precision-recall curve has a step at the rank of each truly unusual star. Every star is put between these ranks by a binary
-- search, and counted there: a window over all stars by their score had to sort every result on disk.
ranks as (
  select run_id, label_set, array_agg(rank order by rank) as ranks
  from judged
  where truth = 1
  group by run_id, label_set
),
steps as (
  select j.run_id,
         j.label_set,
         width_bucket(j.rank, k.ranks) as step,
         count(*) as stars,
         sum(j.truth) as positives,
         sum(j.flag) as flags,
         sum(j.flag * j.truth) as true_positives,
         max(j.labelled_at) as labelled_at
  from judged j
  left join ranks k using (run_id, label_set)
  group by j.run_id, j.label_set, width_bucket(j.rank, k.ranks)
),
curve as (
  select *,
         sum(stars) over from_the_top as stars_so_far,
         sum(positives) over from_the_top as positives_so_far
  from steps
  window from_the_top as (partition by run_id, label_set order by step desc)
),
-- Average precision as scikit-learn defines it, equal scores being one step: the sum over the steps of (recall gained) × (precision
-- there). Each term is rounded to a whole number of 1e-9, so the sum is exact in any order; the number of positives divides it afterwards.
detection as (
  select run_id,
         label_set,
         sum(stars)::bigint as stars,
         sum(positives)::bigint as positives,
         sum(true_positives)::bigint as true_positives,
         sum(flags - true_positives)::bigint as false_positives,
         sum(round((positives * positives_so_far)::double precision / stars_so_far::double precision * 1e9)::bigint) as precision_sum,
         max(labelled_at) as labelled_at
  from curve
  group by run_id, label_set
),
-- Cluster runs: the contingency table of found clusters (noise is -1) and real ones ('' where the label names none).
contingency as (
  select r.run_id,
         l.label_set,
         r.cluster_id,
         coalesce(l.cluster, '') as class,
         count(*) as stars,
         max(l.labelled_at) as labelled_at
  from public.discovery_results r
  join runs d using (run_id)
  join public.star_labels l using (star_id)
  where d.run_type = 'cluster'
  group by r.run_id, l.label_set, r.cluster_id, coalesce(l.cluster, '')
),
found as (
  select run_id,
         label_set,
         cluster_id,
         sum(stars) as stars,
         max(stars) as commonest,
         sum(stars * stars) as common_pairs,
         bool_or(class <> '') as names_cluster,
         max(labelled_at) as labelled_at
  from contingency
  group by run_id, label_set, cluster_id
),
classes as (
  select run_id, label_set, sum(stars * stars) as pairs, count(*) filter (where class <> '') as clusters
  from (select run_id, label_set, class, sum(stars) as stars from contingency group by run_id, label_set, class) sizes
  group by run_id, label_set
),
-- Noise is no cluster: purity is, of the labelled stars that the run put into clusters, the share that belongs to the commonest
-- class of its cluster; null where the run put none. Labels that name no cluster among the run's stars say nothing of clusters.
agreement as (
  select run_id,
         label_set,
         sum(stars) as stars,
         sum(common_pairs) as both_pairs,
         sum(stars * stars) as found_pairs,
         sum(commonest) filter (where cluster_id >= 0) as pure_stars,
         sum(stars) filter (where cluster_id >= 0) as clustered_stars,
         max(labelled_at) as labelled_at
  from found
  group by run_id, label_set
  having bool_or(names_cluster)
),
-- Pairs of stars (ordered) that are together in both, only in the real clusters, only in the found ones, in neither. All are whole
-- numbers, exact at any size.
pairs as (
  select g.*,
         r.clusters,
         g.both_pairs - g.stars as together,
         r.pairs - g.both_pairs as parted,
         g.found_pairs - g.both_pairs as joined,
         g.stars * g.stars - g.found_pairs - r.pairs + g.both_pairs as apart
  from agreement g
  join classes r using (run_id, label_set)
),
quality as (
  select d.run_id,
         q.label_set,
         d.run_type,
         q.stars as labelled_stars,
         q.positives,
         q.true_positives,
         q.false_positives,
         q.positives - q.true_positives as false_negatives,
         q.stars - q.positives - q.false_positives as true_negatives,
         case when q.positives between 1 and q.stars - 1
              then q.true_positives::double precision / nullif(q.true_positives + q.false_positives, 0) end as precision,
         q.true_positives::double precision / nullif(q.positives, 0) as recall,
         case when q.positives between 1 and q.stars - 1
              then (2 * q.true_positives)::double precision / (q.positives + q.true_positives + q.false_positives) end as f1,
         case when q.positives between 1 and q.stars - 1
              then q.precision_sum::double precision / 1e9 / q.positives end as average_precision,
         null::double precision as adjusted_rand_index,
         null::double precision as purity,
         greatest(d.completed_at, q.labelled_at) as last_updated
  from detection q
  join runs d using (run_id)
  union all
  select d.run_id,
         q.label_set,
         d.run_type,
         q.stars::bigint,
         null, null, null, null, null, null, null, null, null,
         -- Against one cluster the index is not what it is taken for: how the run divides the other stars moves it, and no label says how
         -- they divide.
         case when clusters = 1 then null
              when parted = 0 and joined = 0 then 1
              else (2 * (together * apart - parted * joined))::double precision
                   / ((together + parted) * (parted + apart) + (together + joined) * (joined + apart))::double precision
         end,
         q.pure_stars::double precision / q.clustered_stars::double precision,
         greatest(d.completed_at, q.labelled_at)
  from pairs q
  join runs d using (run_id)
)
select run_id,
       label_set,
       run_type,
       labelled_stars,
       positives,
       true_positives,
       false_positives,
       false_negatives,
       true_negatives,
       precision,
       recall,
       f1,
       average_precision,
       adjusted_rand_index,
       purity,
       last_updated
from quality
