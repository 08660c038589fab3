select run_id, label_set, run_type, labelled_stars, positives, true_positives, false_positives, false_negatives, true_negatives,
       precision, recall, f1, average_precision, adjusted_rand_index, purity, last_updated
from view_summaries.quality
