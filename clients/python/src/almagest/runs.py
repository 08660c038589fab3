"""Runs: started, waited for, looked at."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Sequence, Union

from . import _tables
from ._progress import Progress
from ._record import Record, html_table, text
from .datasets import Dataset, key_of
from .errors import RunCancelled, RunFailed, WaitTimeout
from .figure import Figure
from .labels import star_id_of

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = ["Explanation", "Run", "RunList", "Runs", "Score", "Sweep"]

_KINDS = {"anomalies": "anomaly", "anomaly": "anomaly", "clusters": "cluster", "cluster": "cluster"}

#: Replays and recoveries compute as long as a run does.
_NO_LIMIT = float("inf")

#: Between two looks at a run, s: the first and the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0

Filter = Union[str, Mapping[str, Any], None]
DatasetKey = Union[str, int, Dataset]


class Explanation(Record):
    """Why a star has its score: ``sentence`` in words, ``anomaly_score`` (negative = anomalous), ``measure`` (what the detector measures),
    the star's value ``measured`` and the ``expected`` one, and ``features``, what makes the star most anomalous first. Of forests
    ``path_length`` and ``expected_path_length`` (splits), too."""

    def to_pandas(self) -> Any:
        """The features: value with its unit, percentile among the stars of the run (0 to 100), change of what is measured, share."""
        return _tables.pandas().DataFrame(self._fields["features"])

    def __str__(self) -> str:
        return str(self.sentence)

    def _repr_html_(self) -> str:
        import html

        head = ["feature", "value", "percentile", "change", "share"]
        rows = [
            [
                f["feature"],
                f"{f['value']:.4g} {f['unit']}",
                f"{f['percentile']:.1f}",
                f"{f['change']:+.2f}",
                f"{f['share']:.2f}",
            ]
            for f in self._fields["features"]
        ]
        return f"<p>{html.escape(str(self.sentence))}</p>" + html_table(head, rows)


class Kinds(Record):
    """The flagged stars of a run, grouped by why they are flagged: ``kinds``, the largest first, each with ``name``, ``sentence``,
    ``stars``, ``features``, ``typical``, ``extreme``, ``star_ids`` and ``source_ids``."""

    def to_pandas(self) -> Any:
        """A row for each kind: name, number of stars, stability over seeds, median magnitude, colour and parallax."""
        rows = [
            {
                "kind_id": k["kind_id"],
                "name": k["name"],
                "stars": k["stars"],
                "stability": k["stability"],
                **{f: k["place"][f] for f in ("magnitude", "color", "parallax_mas")},
            }
            for k in self._fields["kinds"]
        ]
        return _tables.pandas().DataFrame(rows)

    def _repr_html_(self) -> str:
        rows = [[str(k["kind_id"]), k["name"], str(k["stars"]), k["sentence"]] for k in self._fields["kinds"]]
        return html_table(["kind", "name", "stars", "of the selection"], rows)


class Names(Record):
    """The clusters of a run beside a catalogue of known ones: ``clusters``, the largest first, each with ``verdict`` (identified,
    possible, position_only, ambiguous, shared, new or unmatched), ``name``, ``sigma``, ``expected_by_chance``, ``sentence`` and
    ``candidates``."""

    def to_pandas(self) -> Any:
        """A row for each cluster: verdict, name, what was compared, separation (deg), difference in standard deviations, and how many
        known clusters would fit so closely by chance."""
        rows = [{k: v for k, v in c.items() if k != "candidates"} for c in self._fields["clusters"]]
        return _tables.pandas().DataFrame(rows)

    def _repr_html_(self) -> str:
        rows = [[str(c["cluster_id"]), c["verdict"], text(c["name"]), c["sentence"]] for c in self._fields["clusters"]]
        return html_table(["cluster", "verdict", "name", "why"], rows)


class Review(Record):
    """A run's list after the answers on its stars: ``next`` (the star to be answered, with ``why``), ``stars`` (the list), ``interesting``,
    ``ordinary``, ``skipped``, ``left``, ``label_set``, ``answers_hash``."""

    def to_pandas(self) -> Any:
        """A row for each of the next stars, in order."""
        return _tables.pandas().DataFrame(self._fields["stars"])

    def _repr_html_(self) -> str:
        rows = [[s["source_id"], text(s["magnitude"]), text(s["color"]), text(s["anomaly_score"])] for s in self._fields["stars"]]
        return html_table(["star", "magnitude", "colour", "score"], rows)


class Score(Record):
    """A run against labels: ``clusters`` (each labelled cluster, and as which it was found), ``anomalies``, ``labelled_stars``,
    ``not_analysed``. Shares have Wilson's 95 % interval."""

    def to_pandas(self) -> Any:
        """A row for each labelled cluster, or of an anomaly run for each kind: counts, precision and recall with their intervals."""
        pd = _tables.pandas()
        if self.run_type == "cluster":
            rows = [_flat(c, ("precision", "recall")) for c in self._fields["clusters"]]
        else:
            found = self._fields["anomalies"]
            rows = [_flat(k, ("recall",)) for k in (found or {}).get("kinds", [])]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        if self.run_type == "cluster":
            rows = [
                [
                    c["cluster"],
                    str(c["members"]),
                    text(c["found_cluster_id"]),
                    str(c["common"]),
                    _share(c["precision"]),
                    _share(c["recall"]),
                ]
                for c in self._fields["clusters"]
            ]
            return html_table(["labelled cluster", "members", "found as", "of them in it", "precision", "recall"], rows)
        a = self._fields["anomalies"]
        rows = (
            []
            if a is None
            else [
                ["labelled", f"{a['labelled']:,}, of them unusual {a['unusual']:,}"],
                ["precision", _share(a["precision"])],
                ["recall", _share(a["recall"])],
                [f"precision of the {a['unusual']:,} most anomalous", _share(a["precision_at_unusual"])],
            ]
        )
        return html_table(["", ""], rows, title=f"Against the labels {self.label_set!r}")


class Run(Record):
    """One execution of one algorithm on one selection of stars.

    Its fields are attributes: ``run_id``, ``run_type`` (``"anomaly"`` or ``"cluster"``), ``algorithm``, ``parameters``, ``dataset``,
    ``selection`` in words, ``status``, ``is_complete``, ``total_stars`` (analysed), ``excluded``, ``anomaly_count``,
    ``cluster_count``, ``noise_count``, ``error``, ``created_at``, ``completed_at`` and more. They are those of the last look;
    :meth:`refresh` looks again.
    """

    _shown = (
        "run_id",
        "status",
        "algorithm",
        "dataset",
        "selection",
        "total_stars",
        "excluded",
        "anomaly_count",
        "cluster_count",
        "noise_count",
        "parameters",
        "error",
        "created_at",
    )

    def __init__(self, ledger: "Ledger", fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._ledger = ledger

    @property
    def parameters(self) -> Dict[str, Any]:
        """Every parameter, defaults included."""
        return dict(self._fields["parameters"])

    def _ask(self, operation: str, **parts: Any) -> Any:
        return self._ledger.http.json(operation, path={"run_id": self.run_id, **parts.pop("path", {})}, **parts)

    def _table(self, operation: str, query: Mapping[str, Any], format: str) -> Any:
        return _tables.convert(_tables.fetch(self._ledger.http, operation, {"run_id": self.run_id}, query), format)

    def refresh(self) -> "Run":
        """Looks at the run again; returns itself."""
        self._fields = dict(self._ask("getRun"))
        return self

    def wait(self, timeout: Optional[float] = None, progress: Optional[bool] = None) -> "Run":
        """Waits until the run has ended, and shows how far it is. Interrupting it leaves the run going on.

        Parameters
        ----------
        timeout : float, optional
            The longest time to wait, s; no limit by default.
        progress : bool, optional
            Whether to show a bar (of tqdm, else plain text, on standard error). By default on a terminal and in a notebook.

        Returns
        -------
        Run
            Itself, completed.

        Raises
        ------
        almagest.RunFailed
            It failed; ``reason`` says why.
        almagest.RunCancelled
            Somebody cancelled it.
        almagest.WaitTimeout
            The time is over. The run goes on.
        """
        end = None if timeout is None else time.monotonic() + timeout
        pause = _FIRST_PAUSE
        bar = Progress(f"run {self.short_id}", progress)
        try:
            while True:
                self.refresh()
                over = self.status not in ("pending", "running")
                bar.show(100.0 if self.is_complete else float(self.percent or 0), None if over else self.stage or str(self.status))
                if over:
                    break
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    raise WaitTimeout(f"run {self.run_id} is {self.status} after {timeout:g} s; it goes on, and can be waited for again")
                time.sleep(pause if left is None else min(pause, left))
                pause = min(_LONGEST_PAUSE, pause * 1.5)
        finally:
            bar.close()
        if not self.is_complete:
            failure = RunCancelled if self.status == "cancelled" else RunFailed
            raise failure(self, str(self.error or "no reason is stored"))
        return self

    @property
    def short_id(self) -> str:
        """The last eight characters of the id, by which the command line and the pages call it."""
        return str(self._fields["run_id"])[-8:]

    def results(
        self,
        *,
        anomalies_only: bool = False,
        cluster_id: Optional[int] = None,
        order: Optional[str] = None,
        format: str = "pandas",
    ) -> Any:
        """What the run says of its stars.

        Parameters
        ----------
        anomalies_only : bool
            Only flagged stars.
        cluster_id : int, optional
            Only members of this cluster; -1 = stars in none.
        order : {"star_id", "score", "flag_probability"}, optional
            ``"score"`` = the most anomalous first; ``"flag_probability"`` = those first whose true values are likeliest flagged, given
            their errors.
        format : {"pandas", "astropy", "rows"}
            A DataFrame, an astropy Table with units, or a list of dictionaries.

        Returns
        -------
        pandas.DataFrame, astropy.table.Table or list of dict
            A row a star: ``star_id``, ``source_id`` (int64 where every id is an integer), ``ra_deg``, ``dec_deg`` (ICRS, deg),
            ``parallax_mas``, ``pmra_mas_yr``, ``pmdec_mas_yr``, ``magnitude`` and ``color`` (mag), ``is_anomaly`` (bool),
            ``anomaly_score`` (negative = anomalous), ``cluster_id`` (-1 = in none), ``membership_probability``, ``flag_probability`` (chance that its true
            values are flagged), ``score_spread``, ``membership_stability`` and more. Units are in
            ``attrs["units"]`` of a DataFrame and on each column of a Table; the provenance in ``attrs["provenance"]`` and ``meta``.

        Raises
        ------
        almagest.Conflict
            The run is not complete; or its results are in files (``run.results_in_files``), and their order is to be one of scores.
        almagest.InvalidRequest
            It has no such things: a cluster run no scores, an anomaly run no clusters.

        Examples
        --------
        >>> flagged = run.results(anomalies_only=True, order="score")                    # doctest: +SKIP
        """
        query = {"anomalies_only": anomalies_only or None, "cluster_id": cluster_id, "order": order}
        return self._table("getResults", query, format)

    def clusters(self, format: str = "pandas") -> Any:
        """The clusters that it found, largest first: size, mean position (deg), distance (pc), proper motion (mas/yr), each with its
        standard error; contrast and significance (standard deviations)."""
        return self._table("getRunClusters", {}, format)

    def excluded_stars(self, format: str = "pandas") -> Any:
        """The stars of the selection that it did not analyse, and what each lacks."""
        return self._table("getExcluded", {}, format)

    def explain(self, source_id: Union[int, str, None] = None, *, star_id: Optional[int] = None) -> Explanation:
        """Why a star has its score, feature by feature.

        Parameters
        ----------
        source_id : int or str
            The star's id in the catalogue.
        star_id : int, optional
            Almagest's own number of the star, instead.

        Raises
        ------
        almagest.NotFound
            There is no such star, or the run did not analyse it.
        almagest.Conflict
            The stars or the program have changed so that the explanation would not be of this run.
        """
        if (source_id is None) == (star_id is None):
            raise TypeError("give either source_id or star_id")
        if star_id is None:
            star_id = star_id_of(self._ledger, str(self.dataset_id), source_id)  # type: ignore[arg-type]
        return Explanation(self._ask("explainStar", path={"star_id": star_id}))

    def kinds(self, seeds: Optional[int] = None, with_run: Union["Run", str, None] = None) -> Kinds:
        """The flagged stars grouped by why they are flagged; of an anomaly run.

        Parameters
        ----------
        seeds : int, optional
            Further seeds to measure the stability of the kinds with (3 if left out; 0 = none, which is quicker).
        with_run : Run or str, optional
            Another anomaly run, whose kinds are matched with these.
        """
        other = with_run.run_id if isinstance(with_run, Run) else with_run
        return Kinds(self._ask("getKinds", query={"seeds": seeds, "with": other}))

    def kind_stars(self, format: str = "pandas") -> Any:
        """The flagged stars with all that the run says of them, and the kind of each: a table with ``kind_id``, ``kind`` and
        ``kind_likeness``.

        Parameters
        ----------
        format : str
            As of :meth:`results`.
        """
        return self._table("getKinds", {"table": "stars"}, format)

    def more_like(self, kind_id: int, limit: int = 100) -> Any:
        """Stars that the run does not flag, and that are most like a kind of its flagged ones: a DataFrame."""
        found = self._ask("getMoreOfKind", path={"kind_id": kind_id}, query={"limit": limit})
        return _tables.pandas().DataFrame(found["stars"])

    def label_kind(self, kind_id: int, kind: str, label_set: str = "truth") -> Record:
        """Labels all stars of a kind as unusual, and as what they are."""
        return Record(self._ask("labelKind", path={"kind_id": kind_id}, body={"kind": kind, "label_set": label_set}))

    def identify(self, known: Any, labels: Optional[str] = None) -> Names:
        """Names its clusters after a catalogue of known ones, and stores the names beside the run.

        Parameters
        ----------
        known : Dataset or str
            A dataset with one row a cluster: names and positions, and motions, parallaxes, their errors or dispersions, and radii if it
            has them.
        labels : str, optional
            The set of labels that names members of known clusters; every set if left out.

        Raises
        ------
        almagest.NotFound
            There is no such dataset, or no star of the run has a cluster in the set.
        almagest.InvalidRequest
            It is an anomaly run, or the dataset has more rows than a catalogue of clusters.
        """
        name = known if isinstance(known, str) else known.name
        return Names(self._ask("nameClusters", body={"dataset": name, "label_set": labels}))

    def names(self) -> List[Names]:
        """What was stored by :meth:`identify`, the newest first: one for each catalogue."""
        return [Names(found) for found in self._ask("getIdentifications")["items"]]

    def review(self, label_set: Optional[str] = None, limit: int = 10) -> Review:
        """The run's list after the answers on its stars; of an isolation forest, or of a checkpoint of a review.

        Parameters
        ----------
        label_set : str, optional
            The set of labels that holds the answers; the run's own if left out.
        limit : int, optional
            Most stars of the list.
        """
        return Review(self._ask("getReview", query={"label_set": label_set, "limit": limit}))

    def answer(
        self,
        answer: str,
        source_id: Union[int, str, None] = None,
        *,
        star_id: Optional[int] = None,
        label_set: Optional[str] = None,
        by: Optional[str] = None,
    ) -> Record:
        """Says of a star whether it is interesting ("y"), ordinary ("n") or left open ("s"); the next `review` has learned from it."""
        if (source_id is None) == (star_id is None):
            raise TypeError("give either source_id or star_id")
        if star_id is None:
            star_id = star_id_of(self._ledger, str(self.dataset_id), source_id)  # type: ignore[arg-type]
        return Record(self._ask("answerReview", body={"star_id": star_id, "answer": answer, "label_set": label_set, "by": by}))

    def undo(self, label_set: Optional[str] = None, by: Optional[str] = None) -> Record:
        """Takes back the last answer that you, or `by`, gave."""
        return Record(self._ask("undoReview", query={"label_set": label_set, "by": by}))

    def checkpoint(self, label_set: Optional[str] = None, dataset: Optional[str] = None) -> "Run":
        """Keeps the review as a run, with the answers in its parameters; on another dataset for its stars of the same source ids."""
        return Run(self._ledger, self._ask("checkpointReview", body={"label_set": label_set, "dataset": dataset}))

    def score(self, labels: Optional[str] = None) -> Score:
        """The run against labels.

        Parameters
        ----------
        labels : str, optional
            Which set; ``"truth"`` by default, or the only one that there is.

        Raises
        ------
        almagest.NotFound
            No star of the selection has a label in the set.
        """
        return Score(self._ask("scoreRun", query={"labels": labels}))

    def figure(self, only: Union[str, Sequence[str], None] = None, cluster: Optional[int] = None) -> Figure:
        """The charts of the run, as on its page.

        Parameters
        ----------
        only : str or list of str, optional
            Of ``"scores"``, ``"sizes"``, ``"cmd"``, ``"sky"``, ``"motions"``, ``"parallaxes"`` these alone.
        cluster : int, optional
            Only the members of this cluster, from near.
        """
        return Figure(self._ledger.http, "getRunChart", {"run_id": self.run_id}, {"only": only, "cluster": cluster})

    def rethreshold(self, contamination: float) -> "Run":
        """A new run of the same scores that flags another share of the stars, without computing again.

        Parameters
        ----------
        contamination : float
            Share of stars to flag, above 0 and at most 0.5.
        """
        return Run(self._ledger, self._ask("rethresholdRun", body={"contamination": contamination}))

    def replay(self) -> Record:
        """Runs it again, to see that it gives the same results."""
        return Record(self._ask("replayRun", timeout=_NO_LIMIT))

    def cancel(self) -> "Run":
        """Asks that it be given up."""
        self._fields = dict(self._ask("cancelRun"))
        return self

    def retry(self) -> "Run":
        """A new run of what a failed or cancelled one was to do."""
        return Run(self._ledger, self._ask("retryRun"))

    def rename(self, name: Optional[str]) -> "Run":
        """Calls it something, at most 200 characters; None = nothing. Its results and hashes stay as they are."""
        return Run(self._ledger, self._ask("nameRun", body={"name": name}))

    def delete(self, now: bool = False) -> None:
        """Deletes it with its results. For a day :meth:`Runs.restore` brings it back.

        Parameters
        ----------
        now : bool
            Free its space at once: then it is gone for good.
        """
        self._ledger.http.send("deleteRun", path={"run_id": self.run_id}, query={"now": now or None})

    @property
    def tags(self) -> List[str]:
        """Its tags; assigning a list replaces them all."""
        return [t["tag"] for t in self._ask("getTags")["tags"]]

    @tags.setter
    def tags(self, tags: Sequence[str]) -> None:
        self._ask("setTags", body={"tags": list(tags)})

    def notes(self) -> List[Record]:
        """What was written of it."""
        return [Record(n) for n in self._ask("getNotes")["notes"]]

    def note(self, text: str, by: Optional[str] = None) -> Record:
        """Writes something of it, 1 to 10,000 characters."""
        return Record(self._ask("addNote", body={"text": text, "by": by}))


class RunList(List[Run]):
    """Runs, which show themselves as a table in a notebook."""

    def _repr_html_(self) -> str:
        rows = [
            [r.short_id, str(r.algorithm), str(r.dataset), f"{r.total_stars:,}", _found(r), str(r.status), str(r.created_at)[:19]]
            for r in self
        ]
        return html_table(["run", "algorithm", "dataset", "analysed", "found", "status", "created"], rows)

    def to_pandas(self) -> Any:
        """As :meth:`Runs.to_pandas`."""
        return _frame(self)


class Sweep(Record):
    """Several runs over a grid of parameters, started together: ``group_id``, ``run_ids``."""

    _shown = ("group_id", "run_ids", "features_chosen")

    def __init__(self, ledger: "Ledger", fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._ledger = ledger

    @property
    def runs(self) -> RunList:
        """Its runs as they stand, in the order of the grid and the seeds."""
        found = {r.run_id: r for r in self._ledger.runs.list(group_id=self.group_id, limit=None)}
        return RunList(found[i] for i in self._fields["run_ids"] if i in found)

    def status(self) -> Record:
        """The sweep as a whole: ``runs``, ``is_over``, ``statuses``; ``least``, ``mean`` and ``most`` of what was found."""
        return Record(self._ledger.http.json("getSweep", path={"group_id": self.group_id}))

    def wait(self, timeout: Optional[float] = None, progress: Optional[bool] = None) -> "Sweep":
        """Waits until all runs have ended.

        Parameters and errors are as of :meth:`Run.wait`; the first run that failed is raised when all have ended.
        """
        end = None if timeout is None else time.monotonic() + timeout
        pause = _FIRST_PAUSE
        bar = Progress(f"sweep of {len(self._fields['run_ids'])} runs", progress)
        try:
            while True:
                state = self.status()
                done = state.runs - sum(state.statuses.get(s, 0) for s in ("pending", "running"))
                bar.show(100.0 * done / state.runs, f"{done} of {state.runs} have ended")
                if state.is_over:
                    break
                if end is not None and time.monotonic() > end:
                    raise WaitTimeout(f"{state.runs - done} of {state.runs} runs have not ended after {timeout:g} s; they go on")
                time.sleep(pause)
                pause = min(_LONGEST_PAUSE, pause * 1.5)
        finally:
            bar.close()
        if state.statuses.get("completed", 0) != state.runs:
            for run in self.runs:
                if not run.is_complete:
                    raise (RunCancelled if run.status == "cancelled" else RunFailed)(run, str(run.error or "no reason is stored"))
        return self

    def figure(
        self, only: Union[str, Sequence[str], None] = None, metric: Optional[str] = None, parameter: Optional[str] = None
    ) -> Figure:
        """Its charts: the runs across their parameters, which parameter a number goes with, and the number against that one.

        Parameters
        ----------
        only : str or list of str, optional
            Of ``"parallel"``, ``"importance"``, ``"effect"`` these alone.
        metric : str, optional
            The number that they are of, such as ``"f1"`` or ``"cluster_count"``; else the one that tells most.
        parameter : str, optional
            Of the effect: against this parameter; else against the one that decides most.
        """
        return Figure(
            self._ledger.http,
            "getSweepChart",
            {"group_id": self.group_id},
            {"only": only, "metric": metric, "parameter": parameter},
        )

    def to_pandas(self) -> Any:
        """Its runs with their parameters and what they found. See :meth:`Runs.to_pandas`."""
        return self.runs.to_pandas()


class Runs:
    """The runs of a ledger. Iterating gives each :class:`Run`, the newest first."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def start(
        self,
        kind: Optional[str] = None,
        *,
        dataset: Union[DatasetKey, Sequence[DatasetKey]],
        algorithm: Optional[str] = None,
        filter: Filter = None,
        recipe: Optional[str] = None,
        seed: Optional[int] = None,
        parameters: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
        **more: Any,
    ) -> Run:
        """Starts a run, and does not wait for it.

        Parameters
        ----------
        kind : {"anomalies", "clusters"}, optional
            What to look for; may be left out where the algorithm is given.
        dataset : str, int, Dataset, or several of them
        algorithm : str, optional
            Of anomalies ``"isolation_forest"``, ``"extended_isolation_forest"``, ``"mcd"``, ``"knn"``, ``"lof"`` or ``"rank_ensemble"``;
            of clusters ``"auto"``, ``"dbscan"`` or ``"hdbscan"``. The first of the kind that has the parameters by default.
        filter : str or dict, optional
            Which stars: ``"cone=56.75,24.1,2 magnitude=..15"`` (degrees, mag), or ``{"magnitude": {"max": 15}}``. All by default.
        recipe : str, optional
            The features that the algorithm sees, such as ``"population"``; chosen by what the stars have by default.
        seed : int, optional
            Random seed, where the algorithm uses random numbers; the same seed gives the same rows.
        parameters : dict, optional
            Parameters of the algorithm in scikit-learn's names; docs/algorithms.md lists them.
        idempotency_key : str, optional
            A name for the request, remembered for a day: with the same key it is the same run. One of its own by default, so that a
            request that is sent again does not start a second run.
        **more
            Further parameters of the algorithm: ``contamination=0.02``.

        Returns
        -------
        Run
            Pending.

        Raises
        ------
        almagest.InvalidRequest
            A parameter is out of its range, or the selection holds too few stars.
        almagest.NotFound
            There is no such dataset.

        Examples
        --------
        >>> run = ledger.runs.start("anomalies", dataset="gaia-100pc", contamination=0.02).wait()      # doctest: +SKIP
        >>> run = ledger.runs.start("clusters", dataset="cone", algorithm="dbscan", eps=0.3)           # doctest: +SKIP
        """
        body = _request(kind, dataset, algorithm, filter, recipe, parameters, more)
        if seed is not None:
            _put(body["parameters"], "random_state", seed, "seed")
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return Run(self._ledger, self._ledger.http.json("startRun", body=body, headers=headers))

    def sweep(
        self,
        kind: Optional[str] = None,
        *,
        dataset: Union[DatasetKey, Sequence[DatasetKey]],
        grid: Optional[Mapping[str, Sequence[Any]]] = None,
        seeds: Optional[Sequence[int]] = None,
        list: Optional[Sequence[Mapping[str, Any]]] = None,
        algorithm: Optional[str] = None,
        filter: Filter = None,
        recipe: Optional[str] = None,
        parameters: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
        **more: Any,
    ) -> Sweep:
        """Starts a run for each combination of parameters, and each seed.

        Parameters
        ----------
        grid : dict of str to list, optional
            Values by parameter: ``{"eps": [0.1, 0.2], "min_samples": [5, 10]}`` are four runs.
        seeds : list of int, optional
            Everything once with each.
        list : list of dict, optional
            Sets of parameters that belong together; with a grid each with each combination.

        The others are as of :meth:`start`, and hold for all runs.

        Examples
        --------
        >>> sweep = ledger.runs.sweep("clusters", dataset="cone", algorithm="dbscan", grid={"eps": [0.1, 0.2]}).wait()  # doctest: +SKIP
        """
        body = _request(kind, dataset, algorithm, filter, recipe, parameters, more)
        body.update({"grid": dict(grid) if grid else None, "seeds": _list(seeds), "list": _list(list)})
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        asked = {k: v for k, v in body.items() if v is not None}
        return Sweep(self._ledger, self._ledger.http.json("startSweep", body=asked, headers=headers))

    def get(self, run_id: str) -> Run:
        """One run by its id.

        Raises
        ------
        almagest.NotFound
            There is none.
        """
        return Run(self._ledger, self._ledger.http.json("getRun", path={"run_id": run_id}))

    def restore(self, run_id: Union[str, Run]) -> Run:
        """Brings a run back that was deleted within a day, with its results, tags and notes.

        Raises
        ------
        almagest.NotFound
            No such run was deleted, or it is gone for good.
        """
        key = run_id.run_id if isinstance(run_id, Run) else run_id
        return Run(self._ledger, self._ledger.http.json("restoreRun", path={"run_id": key}))

    def list(
        self,
        where: Optional[str] = None,
        *,
        run_type: Optional[str] = None,
        status: Optional[str] = None,
        algorithm: Optional[str] = None,
        dataset: Optional[DatasetKey] = None,
        tag: Optional[str] = None,
        group_id: Optional[str] = None,
        sort: Optional[str] = None,
        limit: Optional[int] = 100,
    ) -> RunList:
        """Runs, the newest first.

        Parameters
        ----------
        where : str, optional
            A condition on parameters, outcomes, tags and dates: ``"contamination <= 0.05 and tag = 'good'"``; with and, or, not, in (…)
            and parentheses.
        run_type, status, algorithm, dataset, tag, group_id : str, optional
            Only these.
        sort : str, optional
            ``"created"``, ``"completed"``, ``"stars"``, or a field or parameter that ``where`` knows, such as ``"cluster_count"``; with
            ``-`` before it the other way round; ``"-created"`` by default.
        limit : int or None
            Most runs; None = all.
        """
        query: Dict[str, Any] = {
            "where": where,
            "run_type": None if run_type is None else _KINDS.get(run_type, run_type),
            "status": status,
            "algorithm": algorithm,
            "dataset": None if dataset is None else key_of(dataset),
            "tag": tag,
            "group_id": group_id,
            "sort": sort,
        }
        if limit is not None and limit < 0:
            raise ValueError(f"limit is {limit}, expected a number from 0 up, or None for all")
        found = RunList()
        after = None
        while limit is None or len(found) < limit:
            most = 1000 if limit is None else min(1000, limit - len(found))
            page = self._ledger.http.json("listRuns", query={**query, "limit": most, "after": after})
            found.extend(Run(self._ledger, r) for r in page["items"])
            after = page["next"]
            if after is None:
                break
        return found

    def to_pandas(self, where: Optional[str] = None, **conditions: Any) -> Any:
        """Runs as a DataFrame.

        Parameters
        ----------
        where, **conditions
            As of :meth:`list`; all runs by default.

        Returns
        -------
        pandas.DataFrame
            A row a run, the newest first: ``run_id``, ``run_type``, ``algorithm``, ``dataset``, ``status``, ``total_stars``,
            ``anomaly_count``, ``cluster_count``, ``noise_count``, ``created_at``, ``completed_at``, ``seconds`` (from its start to its
            end), and a column ``parameters.NAME`` for each parameter that one of them has.

        Examples
        --------
        >>> ledger.runs.to_pandas(where="eps < 0.3 and cluster_count > 5")                    # doctest: +SKIP
        """
        return _frame(self.list(where, **{"limit": None, **conditions}))

    def __iter__(self) -> Iterator[Run]:
        return iter(self.list(limit=None))

    def __getitem__(self, run_id: str) -> Run:
        return self.get(run_id)

    def __repr__(self) -> str:
        return f"<Runs of {self._ledger.url}>"

    def _repr_html_(self) -> str:
        return self.list(limit=20)._repr_html_()


def _request(
    kind: Optional[str],
    dataset: Any,
    algorithm: Optional[str],
    filter: Filter,
    recipe: Optional[str],
    parameters: Optional[Mapping[str, Any]],
    more: Mapping[str, Any],
) -> Dict[str, Any]:
    if kind is None and algorithm is None:
        raise ValueError("say what to look for: 'anomalies' or 'clusters', or an algorithm")
    if kind is not None and kind not in _KINDS:
        raise ValueError(f"kind is {kind!r}, expected 'anomalies' or 'clusters'")
    asked: Dict[str, Any] = {k: _plain(v) for k, v in (parameters or {}).items()}
    for name, value in more.items():
        _put(asked, name, value, name)
    if recipe is not None:
        _put(asked, "features", recipe, "recipe")
    several = isinstance(dataset, Sequence) and not isinstance(dataset, str)
    body: Dict[str, Any] = {"dataset": [key_of(d) for d in dataset] if several else key_of(dataset), "parameters": asked}
    if kind is not None:
        body["run_type"] = _KINDS[kind]
    if algorithm is not None:
        body["algorithm"] = algorithm
    if filter:
        body["filter"] = filter if isinstance(filter, str) else dict(filter)
    return body


def _put(parameters: Dict[str, Any], name: str, value: Any, called: str) -> None:
    if name in parameters and parameters[name] != value:
        raise TypeError(f"{called} is given twice: {parameters[name]!r} and {value!r}")
    parameters[name] = _plain(value)


def _plain(value: Any) -> Any:
    # Numbers of numpy are no numbers of JSON.
    return value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value


def _list(values: Optional[Sequence[Any]]) -> Optional[List[Any]]:
    return None if values is None else [_plain(v) for v in values]


def _found(run: Run) -> str:
    if run.status != "completed":
        return ""
    return f"{run.anomaly_count:,} flagged" if run.run_type == "anomaly" else f"{run.cluster_count:,} clusters"


_COLUMNS = (
    "run_id",
    "run_type",
    "algorithm",
    "dataset",
    "selection",
    "status",
    "total_stars",
    "anomaly_count",
    "cluster_count",
    "noise_count",
    "created_at",
    "completed_at",
)


def _frame(runs: Sequence[Run]) -> Any:
    pd = _tables.pandas()
    names: Dict[str, None] = {}
    for run in runs:
        names.update(dict.fromkeys(run.parameters))
    columns: Dict[str, Any] = {}
    for column in _COLUMNS:
        values = [r._fields.get(column) for r in runs]
        if column.endswith("_at"):
            columns[column] = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
        elif column == "total_stars":
            columns[column] = pd.Series(values, dtype="int64")
        elif column.endswith("_count"):
            columns[column] = pd.Series(values, dtype="Int64")
        else:
            columns[column] = pd.Series(values, dtype="object")
    started = pd.to_datetime(pd.Series([r._fields.get("started_at") for r in runs], dtype="object"), utc=True)
    columns["seconds"] = (columns["completed_at"] - started).dt.total_seconds()
    for name in names:
        columns[f"parameters.{name}"] = _parameter(pd, [r.parameters.get(name) for r in runs])
    return pd.DataFrame(columns)


def _parameter(pd: Any, values: Sequence[Any]) -> Any:
    """A column of one parameter: a run that does not have it leaves a gap, which makes no double of a seed."""
    given = [v for v in values if v is not None]
    gaps = len(given) < len(values)
    if gaps and given and all(isinstance(v, bool) for v in given):
        return pd.Series(values, dtype="boolean")
    if gaps and given and all(isinstance(v, int) and not isinstance(v, bool) for v in given):
        return pd.Series(values, dtype="Int64")
    return pd.Series(values).infer_objects()


def _flat(fields: Mapping[str, Any], intervals: Sequence[str]) -> Dict[str, Any]:
    flat: Dict[str, Any] = {}
    for name, value in fields.items():
        if name in intervals:
            flat.update({name: value["share"], f"{name}_low": value["low"], f"{name}_high": value["high"]})
        else:
            flat[name] = value
    return flat


def _share(interval: Mapping[str, Any]) -> str:
    if interval["share"] is None:
        return ""
    return f"{interval['share']:.3f} ({interval['low']:.3f} to {interval['high']:.3f})"
