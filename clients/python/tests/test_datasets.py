"""Catalogues and labels."""

import io

import almagest
import pytest


def test_a_frame_becomes_a_dataset_whose_stars_come_back_with_every_digit(ledger, sky, stars):
    back = stars.to_pandas()
    assert len(back) == len(sky)
    assert str(back["source_id"].dtype) == "int64"
    joined = sky.merge(back, on="source_id", validate="one_to_one")
    assert len(joined) == len(sky)
    for ours, theirs in [("ra_deg", "ra"), ("dec_deg", "dec"), ("parallax_mas", "parallax"), ("pmra_mas_yr", "pmra"), ("color", "bp_rp")]:
        assert (joined[ours] == joined[theirs]).all()
    assert back.attrs["units"]["parallax_mas"] == "mas"
    assert "right ascension" in back.attrs["descriptions"]["ra_deg"]


def test_columns_that_the_ledger_has_no_field_for_come_under_their_own_names(stars, sky):
    back = stars.to_pandas(extra=True)
    assert list(back["kind"]) == list(sky["kind"])
    assert "extra" not in back


def test_stars_are_chosen_by_a_filter_and_a_limit(stars, sky):
    near = stars.to_pandas(filter="parallax_mas=15..")
    assert len(near) == (sky["parallax"] >= 15).sum()
    assert len(stars.to_pandas(limit=7)) == 7


def test_an_astropy_table_says_its_units(ledger, sky, stars):
    table_module = pytest.importorskip("astropy.table")
    units = pytest.importorskip("astropy.units")
    table = table_module.Table.from_pandas(sky[["source_id", "ra", "dec", "parallax", "pmra", "pmdec", "phot_g_mean_mag", "bp_rp"]])
    table["ra"] = table["ra"] / 15
    table["ra"].unit = units.hourangle
    table["dec"].unit = units.deg
    table["parallax"] = table["parallax"] / 1000
    table["parallax"].unit = units.arcsec
    loaded = ledger.datasets.ingest(table, "client-table")
    back = loaded.to_astropy()
    assert back["ra_deg"].unit == units.deg
    assert back["source_id"].dtype.kind == "i"
    assert list(back["source_id"]) == list(table["source_id"])
    assert abs(back["ra_deg"] - sky["ra"]).max() < 1e-12 * 360
    assert abs(back["parallax_mas"] - sky["parallax"]).max() < 1e-12 * 20
    assert back.meta["program"] == "Almagest"
    loaded.delete()
    with pytest.raises(almagest.NotFound):
        ledger.datasets.get("client-table")
    assert next(d for d in ledger.deletions() if d.kind == "dataset").dataset == "client-table"
    restored = ledger.datasets.restore("client-table", new_name="client-table-again")
    assert restored.dataset_id == loaded.dataset_id and list(restored.to_astropy()["source_id"]) == list(table["source_id"])
    restored.delete(now=True)
    with pytest.raises(almagest.NotFound):
        ledger.datasets.restore("client-table-again")


@pytest.mark.parametrize("fast", [True, False])
def test_a_table_of_single_precision_and_gaps_comes_back_as_it_was(ledger, sky, fast, monkeypatch):
    table_module = pytest.importorskip("astropy.table")
    table = table_module.Table(
        {
            "source_id": sky["source_id"].to_numpy(),
            "ra": sky["ra"].to_numpy(),
            "dec": sky["dec"].to_numpy(),
            "parallax": table_module.MaskedColumn(sky["parallax"].to_numpy(), mask=sky["parallax"] > 15, unit="mas"),
            "phot_g_mean_mag": sky["phot_g_mean_mag"].to_numpy().astype("float32"),
            "name": [f"star, {i} é" for i in range(len(sky))],
            "n": table_module.MaskedColumn(range(len(sky)), mask=sky["parallax"] > 15),
        }
    )
    if not fast:
        monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    loaded = ledger.datasets.ingest(table, f"client-single-{fast}", force=True)
    monkeypatch.undo()
    back = loaded.to_pandas(extra=True)
    assert (back["magnitude"].to_numpy() == table["phot_g_mean_mag"].astype("float64")).all()
    assert (back["parallax_mas"].isna() == table["parallax"].mask).all()
    assert list(back["name"]) == list(table["name"])
    assert (back["n"].isna() == table["n"].mask).all()
    loaded.delete()


def test_a_file_is_loaded_once(ledger, sky, tmp_path):
    path = tmp_path / "client file, é.csv"
    sky.head(50).to_csv(path, index=False)
    first = ledger.datasets.ingest(path, "client-file")
    assert not first.load.already_loaded
    again = ledger.datasets.ingest(str(path), "client-file")
    assert again.load.already_loaded and again.dataset_id == first.dataset_id
    with open(path, "rb") as file, pytest.raises(almagest.Conflict) as caught:
        ledger.datasets.ingest(file, "another-name")
    assert caught.value.code == "content_loaded" and caught.value.facts["dataset"] == "client-file"
    first.delete()
    with pytest.raises(almagest.NotFound) as caught:
        ledger.datasets.get("client-file")
    assert caught.value.code == "dataset_not_found"


def test_columns_can_be_named_and_rows_that_are_left_out_are_told(ledger):
    data = io.BytesIO(b"id,east,north\na,10,20\nb,11,21\nc,12,99\n")
    with pytest.warns(almagest.AlmagestWarning, match="1 of 3 rows"):
        loaded = ledger.datasets.ingest(data, "client-mapped", map={"source_id": "id", "ra_deg": "east", "dec_deg": "north"})
    assert loaded.load.rejected == 1
    assert loaded.column_mapping["ra_deg"] == "east"
    # Ids that are no numbers stay text.
    assert list(loaded.to_pandas()["source_id"]) == ["a", "b"]
    assert loaded.report().to_dict()
    loaded.delete()


def test_ids_with_leading_zeros_stay_text(ledger):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"source_id": ["0001", "2"], "ra": [1.0, 2.0], "dec": [3.0, 4.0]})
    loaded = ledger.datasets.ingest(frame, "client-zeros")
    assert list(loaded.to_pandas()["source_id"]) == ["0001", "2"]
    loaded.delete()


def test_ids_that_have_gone_through_a_double_are_refused(ledger, sky):
    broken = sky.assign(source_id=sky["source_id"].astype("float64"))
    with pytest.raises(ValueError, match="floating-point"):
        ledger.datasets.ingest(broken, "client-broken")
    with pytest.raises(TypeError, match="floating-point"):
        ledger.labels.set("client-sky", 4e18, outlier=True)
    with pytest.raises(TypeError, match="floating-point"):
        ledger.labels.add("client-sky", [4e18], members_of="x")


def test_missing_values_of_a_frame_are_missing_in_the_ledger(ledger, sky):
    frame = sky.head(20).assign(parallax=[None, *sky["parallax"][1:20]])
    loaded = ledger.datasets.ingest(frame, "client-gaps")
    assert loaded.to_pandas()["parallax_mas"].isna().sum() == 1
    table = loaded.to_astropy()
    assert table["parallax_mas"].mask.sum() == 1
    loaded.delete()


def test_records_of_a_frame_with_gaps_are_loaded(ledger, sky):
    import pandas as pd

    frame = sky[:20].copy()
    frame["visits"] = pd.array([None, 7] * 10, dtype="Int64")
    dataset = ledger.datasets.ingest(frame.to_records(index=False), "records")
    assert dataset.to_pandas(extra=True)["visits"].tolist()[1] == 7
    assert dataset.to_pandas(extra=True)["visits"].isna().sum() == 10


@pytest.fixture(autouse=True)
def none_but_the_sky(ledger):
    for dataset in ledger.datasets:
        if dataset.name.startswith(("client-", "<b>")) and dataset.name != "client-sky":
            dataset.delete(with_runs=True)


@pytest.mark.parametrize("wrong", [[1, 2], {"ra": [1]}, 7, None])
def test_what_is_no_table_is_refused(ledger, wrong):
    with pytest.raises(TypeError, match="DataFrame"):
        ledger.datasets.ingest(wrong, "client-wrong")


def test_a_table_needs_a_name_and_a_file_that_is_open_as_text_is_refused(ledger, sky, tmp_path):
    with pytest.raises(ValueError, match="name"):
        ledger.datasets.ingest(sky)
    (tmp_path / "x.csv").write_text("ra,dec\n1,2\n")
    with open(tmp_path / "x.csv", encoding="utf-8") as file, pytest.raises(TypeError, match="rb"):
        ledger.datasets.ingest(file, "x")
    with pytest.raises(FileNotFoundError):
        ledger.datasets.ingest(tmp_path / "absent.csv")
    with pytest.raises(ValueError, match="folder"):
        ledger.datasets.ingest(tmp_path)


def test_a_file_that_is_no_catalogue_is_refused_with_what_to_do(ledger):
    with pytest.raises(almagest.InvalidRequest) as caught:
        ledger.datasets.ingest(io.BytesIO(b"a,b\n1,2\n"), "client-none")
    error = caught.value
    assert error.code == "positions_missing" and error.status == 400
    assert error.advice and error.fields and error.request_id
    assert isinstance(error, ValueError)
    assert error.advice in str(error) and error.code in str(error)


def test_datasets_are_listed_and_show_themselves(ledger, stars):
    assert "client-sky" in [d.name for d in ledger.datasets]
    assert ledger.datasets["client-sky"].dataset_id == stars.dataset_id
    assert "client-sky" in ledger.datasets._repr_html_()
    assert "client-sky" in stars._repr_html_() and "client-sky" in repr(stars)
    assert stars.star_figure(stars.to_pandas(limit=1)["source_id"][0], only="cmd").svg.startswith("<svg")
    with pytest.raises(almagest.NotFound):
        stars.star_figure(1)
    assert stars.figure(only=["cmd", "sky"], filter="magnitude=..20").svg.startswith("<svg")


def test_names_are_escaped_where_they_are_shown(ledger, sky):
    loaded = ledger.datasets.ingest(sky.head(15), "<b>client<i>")
    assert "<b>client" not in ledger.datasets._repr_html_() + loaded._repr_html_() + ledger._repr_html_()
    loaded.delete()


def test_labels_are_added_as_a_table_read_and_taken_away(ledger, stars, sky):
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame(
        {"source_id": sky["source_id"], "label_outlier": (sky["kind"] == "dwarf").astype(int), "label_kind": sky["kind"]}
    )
    report = ledger.labels.add(stars, table, "by-kind", by="the test")
    assert report.labels == len(sky)
    found = stars.labels("by-kind")
    assert str(found["source_id"].dtype) == "int64"
    assert (found.set_index("source_id")["label_kind"] == table.set_index("source_id")["label_kind"]).all()
    star = int(sky["source_id"].iloc[3])
    ledger.labels.set(stars, star, kind="looked at", outlier=False, label_set="by-kind")
    assert stars.labels("by-kind").set_index("source_id")["label_kind"][star] == "looked at"
    ledger.labels.remove(stars, str(star), "by-kind")
    assert star not in list(stars.labels("by-kind")["source_id"])
    taken = next(d for d in ledger.deletions() if d.kind == "label" and d.dataset == stars.name)
    ledger.restore(taken.deletion_id)
    assert stars.labels("by-kind").set_index("source_id")["label_kind"][star] == "looked at"
    with pytest.raises(almagest.NotFound, match="no star"):
        ledger.labels.set(stars, 12345, outlier=True)


def test_a_list_of_members_may_be_wider_than_the_dataset_and_makes_the_others_non_members(ledger, stars, sky):
    members = sky["source_id"][sky["kind"] == "member"]
    report = ledger.labels.add(stars, [*members, 99], "members", members_of="Client Cluster")
    assert (report.labels, report.unknown, report.non_members) == (len(members), 1, len(sky) - len(members))
    found = stars.labels("members").set_index("source_id")["label_cluster"]
    assert set(found[found == "Client Cluster"].index) == set(members)
    with pytest.raises(almagest.InvalidRequest, match="members_of"):
        ledger.labels.add(stars, [1], partial=True)
    with pytest.raises(almagest.InvalidRequest) as caught:
        ledger.labels.add(stars, [1, 2], members_of="x")
    assert caught.value.code == "unknown_labelled_stars" and caught.value.facts["all"] is True
