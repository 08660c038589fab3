"""Watches by the client."""

import almagest
import pytest


def test_a_watch_is_added_found_asked_and_removed(ledger, stars):
    watch = ledger.watches.add("everything", region="dec=-90..90", dataset=stars, by="eve")
    assert (watch.name, watch.added_by, watch.runs) == ("everything", "eve", 0)
    assert "everything" in [w.name for w in ledger.watches]
    found = ledger.watches["everything"]
    assert found.watch_id == watch.watch_id and found.news(limit=5) == [] and len(found.to_pandas()) == 0
    with pytest.raises(almagest.Conflict):
        ledger.watches.add("everything", region="dec=-90..90")
    found.remove()
    with pytest.raises(almagest.NotFound):
        ledger.watches.get("everything")
