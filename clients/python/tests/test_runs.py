"""Runs: started, waited for, looked at, compared."""

import re

import almagest
import pytest


@pytest.fixture
def anomalies(ledger, stars):
    # The same key is the same run: it is computed once for all tests.
    return ledger.runs.start("anomalies", dataset=stars, contamination=0.02, seed=42, idempotency_key=f"client-a-{stars.dataset_id}").wait()


@pytest.fixture
def others(ledger, stars):
    return ledger.runs.start("anomalies", dataset=stars, contamination=0.02, seed=7, idempotency_key=f"client-b-{stars.dataset_id}").wait()


@pytest.fixture
def clusters(ledger, stars):
    return ledger.runs.start(
        "clusters",
        dataset=stars.name,
        algorithm="dbscan",
        parameters={"eps": 0.4},
        min_samples=10,
        idempotency_key=f"client-c-{stars.dataset_id}",
    ).wait()


def test_a_run_is_started_waited_for_and_its_results_are_a_frame(anomalies, sky):
    assert anomalies.is_complete and anomalies.status == "completed"
    assert anomalies.parameters["contamination"] == 0.02 and anomalies.parameters["random_state"] == 42
    results = anomalies.results()
    assert len(results) == anomalies.total_stars == len(sky)
    assert str(results["source_id"].dtype) == "int64" and str(results["is_anomaly"].dtype) == "bool"
    flagged = results[results["is_anomaly"]]
    assert len(flagged) == anomalies.anomaly_count
    assert (flagged["anomaly_score"] < 0).all()
    # A white dwarf is what this sky has of the unusual.
    dwarfs = set(sky["source_id"][sky["kind"] == "dwarf"])
    assert dwarfs <= set(flagged["source_id"])
    first = anomalies.results(anomalies_only=True, order="score")
    assert first["anomaly_score"].is_monotonic_increasing and len(first) == len(flagged)
    assert results.attrs["provenance"]["run_id"] == anomalies.run_id


def test_results_are_an_astropy_table_with_units(anomalies):
    units = pytest.importorskip("astropy.units")
    table = anomalies.results(anomalies_only=True, format="astropy")
    assert table["pmra_mas_yr"].unit == units.mas / units.yr
    assert table["source_id"].dtype.kind == "i" and table["is_anomaly"].dtype.kind == "b"
    assert table["cluster_id"].mask.all()
    assert table.meta["run_id"] == anomalies.run_id
    assert table["ra_deg"].description
    rows = anomalies.results(anomalies_only=True, format="rows")
    assert [r["source_id"] for r in rows] == list(table["source_id"]) and rows[0]["is_anomaly"] is True
    with pytest.raises(ValueError, match="pandas, astropy, rows"):
        anomalies.results(format="csv")


def test_clusters_are_a_frame_and_their_members_results(ledger, clusters, sky):
    table = clusters.clusters()
    assert len(table) == clusters.cluster_count >= 1
    largest = table.iloc[0]
    members = clusters.results(cluster_id=int(largest["cluster_id"]))
    assert len(members) == largest["size"]
    assert abs(largest["pmra_mas_yr"] - 20.0) < 2 and abs(largest["pmdec_mas_yr"] + 45.0) < 2
    assert table.attrs["units"]["distance_pc"] == "pc"
    assert len(clusters.excluded_stars()) == sum(e["count"] for e in clusters.to_dict()["excluded"])
    ledger.labels.add(clusters.dataset, sky["source_id"][sky["kind"] == "member"], "run-members", members_of="Client Cluster")
    score = clusters.score("run-members")
    row = score.to_pandas().iloc[0]
    assert row["cluster"] == "Client Cluster" and row["recall_low"] <= row["recall"] <= row["recall_high"]
    assert row["recall"] > 0.8 and row["precision"] > 0.8
    assert "Client Cluster" in score._repr_html_()


def test_a_run_against_labels_says_what_it_found_of_each_kind(ledger, anomalies, sky):
    pd = pytest.importorskip("pandas")
    dwarfs = sky["kind"] == "dwarf"
    table = pd.DataFrame({"source_id": sky["source_id"], "label_outlier": dwarfs.astype(int), "label_kind": sky["kind"]})
    ledger.labels.add(anomalies.dataset, table, "run-kinds")
    score = anomalies.score("run-kinds")
    assert score.anomalies.unusual == dwarfs.sum() and score.anomalies.recall.share == 1.0
    assert set(score.to_pandas()["kind"]) == {"dwarf", "field", "member"}
    assert "recall" in score._repr_html_()
    with pytest.raises(almagest.NotFound):
        anomalies.score("no-such-set")


def test_a_star_is_explained_by_its_id_in_the_catalogue(anomalies, sky):
    dwarf = int(sky["source_id"][sky["kind"] == "dwarf"].iloc[0])
    explanation = anomalies.explain(dwarf)
    assert explanation.source_id == str(dwarf)
    assert anomalies.explain(str(dwarf)).sentence == explanation.sentence
    assert anomalies.explain(star_id=explanation.star_id).sentence == str(explanation)
    features = explanation.to_pandas()
    assert "path_length_change" in features
    assert abs(features["change"].sum() - (explanation.measured - explanation.expected)) < 1e-6
    assert abs(features["path_length_change"].sum() - (explanation.path_length - explanation.expected_path_length)) < 1e-6
    assert "<table>" in explanation._repr_html_()
    with pytest.raises(TypeError, match="either"):
        anomalies.explain()
    with pytest.raises(almagest.NotFound):
        anomalies.explain(1)


def test_flagged_stars_are_grouped_labelled_and_asked_for_more(anomalies):
    kinds = anomalies.kinds(seeds=0, with_run=anomalies)
    table = kinds.to_pandas()
    assert table["stars"].sum() + kinds.in_no_kind == kinds.looked_at
    if len(table):
        assert kinds.kinds[0].name in kinds._repr_html_()
        assert len(anomalies.more_like(0, limit=2)) <= 2
        stars = anomalies.kind_stars()
        assert len(stars) == kinds.flagged and (stars["kind_id"] == 0).sum() == table["stars"][0]
        assert anomalies.label_kind(0, "odd", label_set="kinds").labels == table["stars"][0]


def test_a_figure_shows_itself_and_is_written_to_a_file(anomalies, clusters, tmp_path):
    figure = anomalies.figure(only="cmd")
    assert figure._repr_html_().startswith("<img ") and "base64" in figure._repr_html_()
    figure.save(tmp_path / "run.svg")
    figure.save(tmp_path / "run.png", scale=0.5)
    figure.save(tmp_path / "run.pdf")
    assert (tmp_path / "run.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "run.svg").read_text("utf-8").startswith("<svg")
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="png"):
        figure.save(tmp_path / "run.gif")
    assert clusters.figure(cluster=0).svg.startswith("<svg")
    with pytest.raises(almagest.InvalidRequest):
        anomalies.figure(only="nonsense")
    with pytest.raises(almagest.InvalidRequest):
        anomalies.figure(cluster=0)


def test_two_runs_are_compared_star_by_star_and_more_in_a_table(ledger, anomalies, others, clusters):
    pair = ledger.compare(anomalies, others)
    assert pair.run_1_count == anomalies.anomaly_count
    assert pair.common_count + pair.only_in_run_1_count == pair.run_1_count
    common = pair.stars("common")
    assert len(common) == pair.common_count
    assert len(pair.stars()) == pair.common_count + pair.only_in_run_1_count + pair.only_in_run_2_count
    assert "random_state" in pair.differing_parameters
    assert pair.figure().svg.startswith("<svg") and "jaccard" in pair._repr_html_()
    three = ledger.compare([anomalies, others, clusters.run_id])
    assert len(three.to_pandas()) == 3 and len(three.pairs_to_pandas()) == 3
    assert "<table>" in three._repr_html_()
    with pytest.raises(ValueError, match="two"):
        three.stars()
    with pytest.raises(ValueError, match="2 to 100"):
        ledger.compare(anomalies)


def test_what_changed_between_two_tables_of_the_same_stars(ledger, stars, sky, anomalies):
    moved = sky.iloc[: len(sky) - 3].copy()
    moved.loc[0, "pmra"] += 2000.0
    later = ledger.datasets.ingest(moved, "client-later")
    compared = stars.compare(later, by_source_id=True)
    assert compared.pairing["pairs"] == len(moved) and compared.only_1["count"] == 3
    assert len(stars.compare(later, by_source_id=True, table="stars")) == len(sky)
    assert "pmra_mas_yr" in list(stars.compare(later, by_source_id=True, table="quantities")["quantity"])
    run = ledger.runs.start("anomalies", dataset=later, contamination=0.02, seed=42).wait()
    pair = ledger.compare(anomalies, run, by_source_id=True)
    assert pair["changes"]["kept"] == pair.common_count and pair["changes"]["causes_told"]
    new = pair.changes("new", cause="measurement")
    assert list(new[new["source_id_2"].astype(str) == str(sky["source_id"][0])]["quantity"]) == ["pmra_mas_yr"]
    assert len(pair.changes()) == pair.only_in_run_1_count + pair.only_in_run_2_count
    with pytest.raises(ValueError, match="two datasets"):
        ledger.compare(anomalies, anomalies.rethreshold(0.1)).changes()


def test_consensus_ranks_stars_over_runs(ledger, anomalies, others, sky):
    table = ledger.consensus(runs=[anomalies, others.run_id])
    assert table["credible_low"].is_monotonic_decreasing
    both = table[table["flagged_runs"] == 2]
    assert set(sky["source_id"][sky["kind"] == "dwarf"]) <= set(both["source_id"])
    assert len(ledger.consensus(anomalies.dataset, limit=3)) == 3


def test_a_sweep_is_one_group_of_runs(ledger, stars):
    sweep = ledger.runs.sweep("clusters", dataset=stars, algorithm="dbscan", grid={"eps": [0.3, 0.5], "min_samples": [10]}).wait(60)
    assert [r.parameters["eps"] for r in sweep.runs] == [0.3, 0.5]
    table = sweep.to_pandas()
    assert list(table["parameters.eps"]) == [0.3, 0.5]
    assert str(table["cluster_count"].dtype) == "Int64" and str(table["created_at"].dtype) == "datetime64[ns, UTC]"
    assert (table["seconds"] > 0).all()
    assert sweep.status().is_over
    assert sweep.figure(only="effect", metric="duration_s", parameter="eps").svg.startswith("<svg")
    seeds = ledger.runs.sweep("anomalies", dataset=stars, seeds=[1, 2], contamination=0.03).wait(60)
    assert {r.parameters["random_state"] for r in seeds.runs} == {1, 2}


def test_runs_are_listed_by_conditions_and_as_a_frame(ledger, anomalies, clusters):
    assert anomalies.run_id in [r.run_id for r in ledger.runs.list(run_type="anomalies", dataset=anomalies.dataset)]
    assert ledger.runs[anomalies.run_id].run_id == anomalies.run_id
    assert {r.run_type for r in ledger.runs.list(run_type="cluster", limit=None)} == {"cluster"}
    assert len(ledger.runs.list(limit=1)) == 1
    table = ledger.runs.to_pandas(dataset=anomalies.dataset)
    row = table.set_index("run_id").loc[anomalies.run_id]
    assert row["parameters.contamination"] == 0.02 and row["anomaly_count"] == anomalies.anomaly_count
    assert anomalies.short_id in ledger.runs.list(dataset=anomalies.dataset)._repr_html_()
    assert "<table>" in ledger.runs._repr_html_()
    assert len(list(ledger.runs)) == len(ledger.runs.list(limit=None))
    assert ledger.runs.to_pandas(dataset=anomalies.dataset, status="failed").empty
    # Runs without a parameter leave gaps, and seeds stay whole numbers.
    assert {str(table[f"parameters.{n}"].dtype) for n in ("random_state", "n_estimators", "min_samples")} == {"Int64"}
    with pytest.raises(ValueError, match="limit is -1"):
        ledger.runs.list(limit=-1)
    with pytest.raises(almagest.InvalidRequest, match="no algorithm 'dbscn'"):
        ledger.runs.list(algorithm="dbscn")


def test_tables_have_times_as_times_and_arrays_as_lists(ledger, anomalies, others):
    flagged = ledger.analytics.view("mv_star_anomaly_frequency")
    assert str(flagged["last_updated"].dtype) == "datetime64[ns, UTC]"
    assert anomalies.run_id in flagged.loc[flagged["anomaly_count"].idxmax(), "run_ids"]
    stats = ledger.analytics.stats(run_type="anomaly")
    assert str(stats["created_at"].dtype) == "datetime64[ns, UTC]" and stats["parameters_json"][0]["missing"] == "exclude"
    assert isinstance(ledger.analytics.stats(run_type="anomaly", format="astropy")["parameters_json"][0], str)


def test_an_empty_table_joins_with_the_catalogue(ledger, clusters, sky):
    none = clusters.results(cluster_id=99)
    assert none.empty and str(none["source_id"].dtype) == "int64"
    assert len(sky.merge(none, on="source_id", how="left")) == len(sky)


def test_runs_are_chosen_by_a_condition_in_words(ledger, anomalies, clusters):
    found = ledger.runs.to_pandas(where="contamination <= 0.02 and algorithm = 'isolation_forest'")
    assert anomalies.run_id in set(found["run_id"]) and clusters.run_id not in set(found["run_id"])
    wide = ledger.runs.list("cluster_count >= 1 and eps in (0.3, 0.4, 0.5)", sort="-cluster_count")
    assert clusters.run_id in [r.run_id for r in wide]
    assert [r.cluster_count for r in wide] == sorted((r.cluster_count for r in wide), reverse=True)
    with pytest.raises(almagest.InvalidRequest):
        ledger.runs.list("contamination <=")


def test_tags_and_notes_are_written_and_read(anomalies):
    anomalies.tags = ["good", "client"]
    assert sorted(anomalies.tags) == ["client", "good"]
    anomalies.note("look again", by="the test")
    assert "look again" in [n.text for n in anomalies.notes()]


def test_stored_scores_are_given_another_threshold_and_a_run_is_replayed(ledger, anomalies):
    wider = anomalies.rethreshold(0.1)
    assert wider.anomaly_count > anomalies.anomaly_count
    wider.delete()
    with pytest.raises(almagest.NotFound) as caught:
        ledger.runs.get(wider.run_id)
    assert caught.value.code == "run_not_found" and caught.value.facts["run_id"] == wider.run_id
    back = ledger.runs.restore(wider)
    assert back.rename("the wider one").name == "the wider one" and ledger.runs.get(back.run_id).name == "the wider one"
    assert back.anomaly_count == wider.anomaly_count and len(back.results(anomalies_only=True)) == back.anomaly_count
    back.delete(now=True)
    with pytest.raises(almagest.NotFound):
        ledger.runs.restore(back.run_id)
    assert anomalies.replay().to_dict()


def test_a_run_that_is_given_up_raises_while_it_is_waited_for_and_can_be_tried_again(ledger, stars):
    # Of many, the last still waits when it is cancelled.
    sweep = ledger.runs.sweep("anomalies", dataset=stars, seeds=list(range(100, 112)), n_estimators=300)
    last = sweep.runs[-1].cancel()
    with pytest.raises(almagest.RunCancelled) as caught:
        last.wait(60)
    assert caught.value.run is last and last.status == "cancelled"
    assert isinstance(caught.value, almagest.RunFailed)
    again = last.retry()
    assert again.retry_of == last.run_id
    with pytest.raises(almagest.RunFailed):
        sweep.wait(60)
    assert again.wait(60).is_complete


def test_a_run_that_fails_raises_while_it_is_waited_for_with_the_reason(ledger, sky):
    flat = ledger.datasets.ingest(sky[["source_id", "ra", "dec", "phot_g_mean_mag"]].head(30), "client-flat")
    run = ledger.runs.start("anomalies", dataset=flat, recipe="kinematic")
    with pytest.raises(almagest.RunFailed, match="no parallax|no pmra") as caught:
        run.wait(60)
    assert caught.value.run.status == "failed" and caught.value.reason == run.error
    assert not isinstance(caught.value, almagest.RunCancelled)
    flat.delete(with_runs=True)


def test_waiting_has_an_end_and_shows_how_far_a_run_is(ledger, stars, capsys, monkeypatch):
    run = ledger.runs.start("anomalies", dataset=stars, seed=5, n_estimators=2000)
    with pytest.raises(almagest.WaitTimeout, match="goes on"):
        run.wait(timeout=0)
    run.wait(progress=True)
    assert "100%" in capsys.readouterr().err
    # Where there is no tqdm, the same in plain text.
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    run.wait(progress=True)
    assert re.search(r"run \w{8}: 100 %", capsys.readouterr().err)
    run.wait(progress=False)
    run.wait()
    assert capsys.readouterr().err == ""


def test_a_request_that_makes_no_sense_is_refused_before_or_by_the_server(ledger, stars):
    with pytest.raises(ValueError, match="what to look for"):
        ledger.runs.start(dataset=stars)
    with pytest.raises(ValueError, match="'galaxies'"):
        ledger.runs.start("galaxies", dataset=stars)
    with pytest.raises(TypeError, match="twice"):
        ledger.runs.start("anomalies", dataset=stars, seed=1, random_state=2)
    # What the description refuses, too, is not compared with it.
    ledger.http.observer = None
    with pytest.raises(almagest.InvalidRequest) as caught:
        ledger.runs.start("anomalies", dataset=stars, contamination=0.9)
    assert any("contamination" in field for field in caught.value.fields)
    with pytest.raises(almagest.NotFound):
        ledger.runs.start("anomalies", dataset="no-such-dataset")


@pytest.mark.parametrize("where", ["magnitude=..15", {"magnitude": {"max": 15}}])
def test_a_selection_is_words_or_a_mapping(ledger, stars, sky, where):
    run = ledger.runs.start("anomalies", dataset=stars, filter=where, recipe="photometric").wait(60)
    assert run.total_stars == (sky["phot_g_mean_mag"] <= 15).sum()
    assert run.parameters["features"].startswith("photometric")


def test_numbers_of_numpy_are_numbers(ledger, stars):
    np = pytest.importorskip("numpy")
    run = ledger.runs.start("anomalies", dataset=stars, contamination=np.float64(0.05), seed=np.int64(3))
    assert (run.parameters["contamination"], run.parameters["random_state"]) == (0.05, 3)


def test_a_run_shows_itself(anomalies):
    assert anomalies.run_id in repr(anomalies) and "client-sky" in anomalies._repr_html_()
    with pytest.raises(AttributeError, match="no field 'nonsense'"):
        anomalies.nonsense
    assert anomalies["status"] == anomalies.status and "status" in dir(anomalies)


def test_questions_across_runs_are_tables(ledger, stars, anomalies, others, clusters):
    ask = ledger.analytics
    ask.refresh()
    assert anomalies.run_id in set(ask.stats("anomaly")["run_id"])
    assert {anomalies.run_id, others.run_id} <= set(ask.overlaps(anomalies.run_id)[["run_1_id", "run_2_id"]].values.ravel())
    assert len(ask.significance(stars)) >= 1
    for table in (ask.timeline("month"), ask.parameters("cluster"), ask.sensitivity(), ask.coverage(stars), ask.quality(), ask.views()):
        assert len(table.columns) > 3
    star = int(anomalies.results(anomalies_only=True)["star_id"].iloc[0])
    assert ask.frequency(star).anomaly_count >= 1
    assert star in set(ask.view("mv_star_anomaly_frequency")["star_id"])


def test_tap_answers_adql_signed_in_as_the_connection_is(ledger, stars, anomalies):
    pytest.importorskip("pyvo")
    service = ledger.tap()
    found = service.search(
        f"SELECT COUNT(*) AS n FROM almagest.results WHERE run_id = '{anomalies.run_id}' AND is_anomaly = 1"
    ).to_table()
    assert found["n"][0] == anomalies.anomaly_count


def test_a_table_of_ones_own_joins_with_a_dataset_by_its_ids(ledger, stars, sky):
    pytest.importorskip("pyvo")
    table_module = pytest.importorskip("astropy.table")
    mine = table_module.Table({"source_id": sky["source_id"].to_numpy()[:5], "remark": ["a", "b", "c", "d", "e"]})
    found = ledger.tap().run_sync(
        'SELECT m.remark, s.source_id, s.ra_deg FROM TAP_UPLOAD.mine AS m JOIN dataset."client-sky" AS s ON s.source_id = m.source_id',
        uploads={"mine": mine},
    )
    rows = found.to_table()
    assert rows["source_id"].dtype.kind == "i"
    assert dict(zip(rows["source_id"], rows["ra_deg"])) == dict(zip(sky["source_id"][:5], sky["ra"][:5]))


def test_a_package_that_is_not_installed_is_named(anomalies, monkeypatch):
    for module in ("pandas", "astropy", "astropy.table", "pyvo", "pyvo.dal"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(almagest.MissingDependency, match="python3-pandas"):
        anomalies.results()
    with pytest.raises(almagest.MissingDependency, match="python3-astropy"):
        anomalies.results(format="astropy")
    with pytest.raises(almagest.MissingDependency, match="python3-pyvo"):
        anomalies._ledger.tap()
    assert anomalies.results(anomalies_only=True, format="rows")


def test_clusters_are_named_after_a_catalogue_of_known_ones(ledger, clusters):
    largest = clusters.clusters().iloc[0]
    pd = pytest.importorskip("pandas")
    known = ledger.datasets.ingest(
        pd.DataFrame({
            "Name": ["Known 1", "Elsewhere"],
            "RA_ICRS": [largest["ra_deg"], 1.0],
            "DE_ICRS": [largest["dec_deg"], 80.0],
            "pmRA": [largest["pmra_mas_yr"], 0.0],
            "pmDE": [largest["pmdec_mas_yr"], 0.0],
            "Plx": [largest["parallax_mas"], 1.0],
        }),
        name="known-clusters",
    )
    names = clusters.identify(known)
    table = names.to_pandas()
    assert len(table) == clusters.cluster_count
    assert table["name"][0] == "Known 1" and table["verdict"][0] in ("identified", "possible", "shared")
    assert "Known 1" in names._repr_html_()
    assert [found.dataset for found in clusters.names()] == ["known-clusters"]
    assert list(clusters.clusters()["known_as"])[0] == "Known 1"
    known.delete()
    assert clusters.names() == []


def test_a_review_learns_from_answers_and_is_kept_as_a_run(anomalies):
    before = anomalies.review(limit=3)
    assert len(before.to_pandas()) == 3 and before.next.star.star_id == before.stars[0].star_id
    label = anomalies.answer("y", star_id=before.stars[0].star_id, by="ann")
    assert label.is_anomaly == 1
    after = anomalies.review()
    assert after.interesting == 1 and after.stars[0].source_id in after._repr_html_()
    kept = anomalies.checkpoint()
    assert kept.algorithm == "active" and kept.parameters["answers_hash"] == after.answers_hash
    assert anomalies.undo(by="ann").star_id == before.stars[0].star_id
    with pytest.raises(almagest.NotFound):
        anomalies.undo(by="ann")
    with pytest.raises(TypeError):
        anomalies.answer("y")
