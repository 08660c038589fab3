"""The routes that this package uses, by the names of their operations in docs/openapi.json. A test compares the two."""

from __future__ import annotations

from typing import Mapping, NamedTuple


class Route(NamedTuple):
    """One operation of the API."""

    method: str
    path: str
    #: Whether the same request may be sent twice without harm: because of its method, because it only asks, or because the server
    #: recognises it by its Idempotency-Key.
    repeatable: bool = False


ROUTES: Mapping[str, Route] = {
    "addNote": Route("POST", "/discovery/runs/{run_id}/notes"),
    "addWatch": Route("POST", "/watches"),
    "answerReview": Route("POST", "/discovery/active/{run_id}/answers"),
    "cancelRun": Route("POST", "/discovery/runs/{run_id}/cancel"),
    "checkpointReview": Route("POST", "/discovery/active/{run_id}/checkpoint"),
    "compareDatasets": Route("GET", "/datasets/{dataset}/compare/{other}", True),
    "comparePairStars": Route("GET", "/discovery/compare/{run_1_id}/{run_2_id}/stars", True),
    "compareRuns": Route("POST", "/discovery/compare", True),
    "compareRunsChart": Route("GET", "/discovery/compare/chart", True),
    "deleteDataset": Route("DELETE", "/datasets/{dataset}", True),
    "deleteRun": Route("DELETE", "/discovery/runs/{run_id}", True),
    "explainStar": Route("GET", "/discovery/runs/{run_id}/explain/{star_id}", True),
    "exportView": Route("GET", "/analytics/discovery/views/{view}", True),
    "getAnomalyOverlaps": Route("GET", "/analytics/discovery/overlaps", True),
    "getChanges": Route("GET", "/discovery/compare/{run_1_id}/{run_2_id}/changes", True),
    "getConsensus": Route("GET", "/analytics/discovery/consensus", True),
    "getDataset": Route("GET", "/datasets/{dataset}", True),
    "getDatasetChart": Route("GET", "/datasets/{dataset}/chart", True),
    "getDatasetCoverage": Route("GET", "/analytics/discovery/coverage", True),
    "getDatasetReport": Route("GET", "/datasets/{dataset}/report", True),
    "getExcluded": Route("GET", "/discovery/runs/{run_id}/excluded", True),
    "getIdentifications": Route("GET", "/discovery/runs/{run_id}/identifications", True),
    "getKinds": Route("GET", "/discovery/runs/{run_id}/kinds", True),
    "getLiveness": Route("GET", "/health/live", True),
    "getMoreOfKind": Route("GET", "/discovery/runs/{run_id}/kinds/{kind_id}/more", True),
    "getNotes": Route("GET", "/discovery/runs/{run_id}/notes", True),
    "getOverlapSignificance": Route("GET", "/analytics/discovery/overlaps/significance", True),
    "getParameterPerformance": Route("GET", "/analytics/discovery/parameters", True),
    "getResults": Route("GET", "/discovery/runs/{run_id}/results", True),
    "getReview": Route("GET", "/discovery/active/{run_id}", True),
    "getRun": Route("GET", "/discovery/runs/{run_id}", True),
    "getRunChart": Route("GET", "/discovery/runs/{run_id}/chart", True),
    "getRunClusters": Route("GET", "/discovery/runs/{run_id}/clusters", True),
    "getRunQuality": Route("GET", "/analytics/discovery/quality", True),
    "getRunSensitivity": Route("GET", "/analytics/discovery/sensitivity", True),
    "getRunStats": Route("GET", "/analytics/discovery/stats", True),
    "getStarFrequency": Route("GET", "/analytics/discovery/stars/{star_id}/frequency", True),
    "getStarChart": Route("GET", "/stars/{star_id}/chart", True),
    "getSweep": Route("GET", "/discovery/sweeps/{group_id}", True),
    "getSweepChart": Route("GET", "/discovery/sweeps/{group_id}/chart", True),
    "getTags": Route("GET", "/discovery/runs/{run_id}/tags", True),
    "getTimeline": Route("GET", "/analytics/discovery/timeline", True),
    "getViews": Route("GET", "/analytics/discovery/views", True),
    "getWatch": Route("GET", "/watches/{watch}", True),
    "labelKind": Route("POST", "/discovery/runs/{run_id}/kinds/{kind_id}/label", True),
    "labelStar": Route("POST", "/stars/{star_id}/labels", True),
    "listDeletions": Route("GET", "/deletions", True),
    "listDatasets": Route("GET", "/datasets", True),
    "listLabels": Route("GET", "/datasets/{dataset}/labels", True),
    "listRuns": Route("GET", "/discovery/runs", True),
    "listStars": Route("GET", "/datasets/{dataset}/stars", True),
    "listWatches": Route("GET", "/watches", True),
    "nameClusters": Route("POST", "/discovery/runs/{run_id}/identify", True),
    "nameRun": Route("PATCH", "/discovery/runs/{run_id}", True),
    "refreshViews": Route("POST", "/analytics/discovery/refresh-views"),
    "removeWatch": Route("DELETE", "/watches/{watch}", True),
    "replayRun": Route("POST", "/discovery/runs/{run_id}/replay"),
    "restoreDataset": Route("POST", "/datasets/{dataset}/restore"),
    "restoreDeletion": Route("POST", "/deletions/{deletion_id}/restore"),
    "restoreRun": Route("POST", "/discovery/runs/{run_id}/restore"),
    "rethresholdRun": Route("POST", "/discovery/runs/{run_id}/rethreshold"),
    "retryRun": Route("POST", "/discovery/runs/{run_id}/retry"),
    "scoreRun": Route("GET", "/discovery/runs/{run_id}/score", True),
    "setTags": Route("PUT", "/discovery/runs/{run_id}/tags", True),
    "startRun": Route("POST", "/discovery/runs", True),
    "startSweep": Route("POST", "/discovery/sweeps", True),
    "undoReview": Route("DELETE", "/discovery/active/{run_id}/answers/last"),
    "unlabelStar": Route("DELETE", "/stars/{star_id}/labels", True),
    "uploadDataset": Route("POST", "/datasets"),
    "uploadLabels": Route("POST", "/datasets/{dataset}/labels"),
}

#: Beside ROUTES: where pyvo goes.
TAP = "/vo/tap"
