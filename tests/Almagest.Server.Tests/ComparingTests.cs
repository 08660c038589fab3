using System.Net;
using System.Text.Json;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Runs compared over HTTP. Of 12 stars run A flags the 1st to 4th, run B the 3rd to 6th, run C none; see
/// <see cref="KnownLedger"/>.</summary>
public sealed class ComparingTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    [Fact]
    public async Task Two_anomaly_runs_can_be_compared_in_either_order()
    {
        var there = (
            await _server.PostAsync("/discovery/compare", $$"""{"run_1_id": "{{known.RunA}}", "run_2_id": "{{known.RunB}}"}""")
        ).Json;
        JsonAssert.Fields(
            there,
            """
            run_1 run_2 run_1_count run_2_count common_count common_star_ids only_in_run_1_count only_in_run_1_star_ids only_in_run_2_count
            only_in_run_2_star_ids jaccard_similarity agreement clusters truncated differing_parameters runs seed_groups pairs changes
            """
        );
        Assert.Equal(known.Stars[2..4], JsonAssert.Longs(there.GetProperty("common_star_ids")));
        Assert.Equal(known.Stars[..2], JsonAssert.Longs(there.GetProperty("only_in_run_1_star_ids")));
        Assert.Equal(known.Stars[4..6], JsonAssert.Longs(there.GetProperty("only_in_run_2_star_ids")));
        Assert.False(there.GetProperty("truncated").GetBoolean());
        var agreement = there.GetProperty("agreement");
        JsonAssert.Fields(
            agreement,
            """
            analysed_by_both expected_by_chance enrichment jaccard_similarity kappa p_value log10_p_value adjusted_rand_index
            adjusted_mutual_information
            normalized_mutual_information differences only_in_run_1_reasons only_in_run_2_reasons only_in_run_1_near_threshold
            only_in_run_2_near_threshold remark
            """
        );
        Assert.Equal(12, agreement.GetProperty("analysed_by_both").GetInt32());
        Assert.Equal(4 * 4 / 12.0, agreement.GetProperty("expected_by_chance").GetDouble(), 12);
        Assert.Equal(0.25, agreement.GetProperty("kappa").GetDouble(), 12);
        // Of C(12, 4) choices, those with at least 2 of 4: 6 × 28 + 4 × 8 + 1.
        Assert.Equal(201 / 495.0, agreement.GetProperty("p_value").GetDouble(), 9);
        Assert.Equal(2, agreement.GetProperty("only_in_run_1_reasons").GetProperty("program").GetInt32());
        Assert.Equal(JsonValueKind.Null, agreement.GetProperty("adjusted_rand_index").ValueKind);

        var back = (
            await _server.PostAsync("/discovery/compare", $$"""{"run_1_id": "{{known.RunB}}", "run_2_id": "{{known.RunA}}", "limit": 1}""")
        ).Json;
        Assert.Equal(known.RunB, back.GetProperty("run_1").GetProperty("run_id").GetGuid());
        Assert.Equal(known.Stars[4..5], JsonAssert.Longs(back.GetProperty("only_in_run_1_star_ids")));
        Assert.Equal(2, back.GetProperty("only_in_run_1_count").GetInt32());
        Assert.True(back.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Runs_of_both_types_stand_side_by_side()
    {
        var answer = (
            await _server.PostAsync("/discovery/compare", $$"""{"run_ids": ["{{known.RunA}}", "{{known.RunB}}", "{{known.Clusters}}"]}""")
        ).Json;
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("run_1").ValueKind);
        Assert.Equal(
            ["algorithm", "contamination", "n_estimators"],
            answer
                .GetProperty("differing_parameters")
                .EnumerateArray()
                .Select(d => d.GetString()!)
                .Where(d => d is "algorithm" or "contamination" or "n_estimators" or "features")
                .Order()
        );
        var rows = answer.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal([4, 4, 4], rows.Select(r => r.GetProperty("marked_count").GetInt32()));
        Assert.Equal("dbscan", rows[2].GetProperty("differing").GetProperty("algorithm").GetString());
        Assert.False(rows[2].GetProperty("differing").TryGetProperty("contamination", out _));
        Assert.Equal(3, answer.GetProperty("pairs").GetArrayLength());

        var pair = (await _server.PostAsync("/discovery/compare", $$"""{"run_ids": ["{{known.RunA}}", "{{known.Clusters}}"]}""")).Json;
        Assert.Equal(0, pair.GetProperty("common_count").GetInt32());
        Assert.Equal(4, pair.GetProperty("agreement").GetProperty("only_in_run_1_reasons").GetProperty("algorithm").GetInt32());
    }

    [Fact]
    public async Task The_stars_of_a_pair_come_page_by_page_with_their_reason()
    {
        var path = $"/discovery/compare/{known.RunA}/{known.RunB}/stars";
        var first = (await _server.GetAsync($"{path}?side=only_2&limit=1")).Json;
        JsonAssert.Fields(first, "items next truncated");
        var star = first.GetProperty("items")[0];
        JsonAssert.Fields(
            star,
            "star_id source_id ra_deg dec_deg parallax_mas pmra_mas_yr pmdec_mas_yr magnitude color score_1 score_2 cluster_1 "
                + "cluster_2 reason near_threshold analysed_1 analysed_2"
        );
        Assert.Equal((known.Stars[4], "program"), (star.GetProperty("star_id").GetInt64(), star.GetProperty("reason").GetString()));
        // A fifth more of run A is one more star: its next one.
        Assert.True(star.GetProperty("near_threshold").GetBoolean());
        var second = (await _server.GetAsync($"{path}?side=only_2&limit=1&after={first.GetProperty("next")}")).Json;
        Assert.Equal(known.Stars[5], second.GetProperty("items")[0].GetProperty("star_id").GetInt64());
        Assert.Equal((false, JsonValueKind.Null), (second.GetProperty("truncated").GetBoolean(), second.GetProperty("next").ValueKind));
        Assert.Equal(2, (await _server.GetAsync(path)).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await _server.GetAsync($"{path}?side=only_1&reason=seed")).Json.GetProperty("items").GetArrayLength());
        JsonAssert.Problem(await _server.GetAsync($"{path}?reason=seed"), HttpStatusCode.BadRequest, "reason");
        JsonAssert.Problem(await _server.GetAsync($"{path}?side=left"), HttpStatusCode.BadRequest, "side");
    }

    [Fact]
    public async Task A_consensus_ranks_the_stars_that_most_runs_flag_first()
    {
        var answer = (await _server.GetAsync("/analytics/discovery/consensus?dataset=known&limit=3")).Json;
        JsonAssert.Fields(answer, "runs questions draws level further_draws order items total truncated");
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        JsonAssert.Fields(
            items[0],
            """
            rank star_id source_id ra_deg dec_deg parallax_mas pmra_mas_yr pmdec_mas_yr magnitude color flagged_runs analysed_runs
            flagged_draws draws posterior_mean credible_low credible_high predictive_low predictive_high rates
            mean_flag_probability
            """
        );
        Assert.Equal(known.Stars[2..4], items.Take(2).Select(i => i.GetProperty("star_id").GetInt64()));
        Assert.Equal((2, 3), (items[0].GetProperty("flagged_runs").GetInt32(), items[0].GetProperty("analysed_runs").GetInt32()));
        // The three runs have one seed and differ in nothing: they are one draw, flagged in two thirds of its runs.
        Assert.Equal((1, 0.666666667), (items[0].GetProperty("draws").GetInt32(), items[0].GetProperty("flagged_draws").GetDouble()));
        Assert.Equal([1, 1, 1], answer.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("draw").GetInt32()));
        var question = Assert.Single(answer.GetProperty("questions").EnumerateArray());
        JsonAssert.Fields(question, "question algorithm parameters selection total_stars runs draws mean_rate");
        Assert.Equal(
            (12, 3, 1),
            (
                question.GetProperty("total_stars").GetInt32(),
                question.GetProperty("runs").GetInt32(),
                question.GetProperty("draws").GetInt32()
            )
        );
        Assert.False(question.GetProperty("parameters").TryGetProperty("random_state", out _));
        Assert.False(question.GetProperty("parameters").TryGetProperty("contamination", out _));
        Assert.Equal((6, true), (answer.GetProperty("total").GetInt32(), answer.GetProperty("truncated").GetBoolean()));
        var one = (await _server.GetAsync($"/analytics/discovery/consensus?run_ids={known.RunB}&order=mean")).Json;
        Assert.Equal(known.Stars[2..6], one.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("star_id").GetInt64()));
        var (wide, narrow) = (one.GetProperty("items")[0], (await Half()).GetProperty("items")[0]);
        Assert.InRange(wide.GetProperty("posterior_mean").GetDouble(), 0.55, 0.75);
        Assert.Equal(wide.GetProperty("posterior_mean").GetDouble(), wide.GetProperty("rates")[0].GetDouble());
        Assert.True(Width(narrow, "credible") < Width(wide, "credible") && Width(narrow, "predictive") < Width(wide, "predictive"));
        Assert.Equal(0, narrow.GetProperty("predictive_high").GetDouble() * 7 % 1, 1e-9);
        JsonAssert.Problem(await _server.GetAsync("/analytics/discovery/consensus?level=1"), HttpStatusCode.BadRequest, "level");
        JsonAssert.Problem(await _server.GetAsync("/analytics/discovery/consensus?further=0"), HttpStatusCode.BadRequest, "further");
        JsonAssert.Problem(
            await _server.GetAsync($"/analytics/discovery/consensus?run_ids={known.Clusters}"),
            HttpStatusCode.BadRequest,
            "run_ids"
        );
        JsonAssert.Problem(await _server.GetAsync("/analytics/discovery/consensus?run_ids=me"), HttpStatusCode.BadRequest, "run_ids");
        JsonAssert.Problem(await _server.GetAsync("/analytics/discovery/consensus?limit=0"), HttpStatusCode.BadRequest, "limit");
        JsonAssert.Problem(await _server.GetAsync("/analytics/discovery/consensus?dataset=nowhere"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync($"/analytics/discovery/consensus?run_ids={Guid.NewGuid()}"), HttpStatusCode.NotFound);

        async Task<JsonElement> Half() =>
            (await _server.GetAsync($"/analytics/discovery/consensus?run_ids={known.RunB}&order=mean&level=0.5&further=7")).Json;
        static double Width(JsonElement star, string of) =>
            star.GetProperty($"{of}_high").GetDouble() - star.GetProperty($"{of}_low").GetDouble();
    }

    [Fact]
    public async Task Overlaps_are_tested_on_one_side_or_on_both()
    {
        var path = $"/analytics/discovery/overlaps/significance?run_ids={known.RunA},{known.RunB}";
        var (one, both) = ((await _server.GetAsync(path)).Json, (await _server.GetAsync($"{path}&alternative=two-sided")).Json);
        Assert.Equal(("greater", "two-sided"), (one.GetProperty("alternative").GetString(), both.GetProperty("alternative").GetString()));
        // Chances of 0 to 4 common stars: 70, 224, 168, 32 and 1 of 495.
        Assert.Equal(201 / 495.0, one.GetProperty("items")[0].GetProperty("p_value").GetDouble(), 1e-9);
        Assert.Equal(271 / 495.0, both.GetProperty("items")[0].GetProperty("p_value").GetDouble(), 1e-9);
        JsonAssert.Problem(await _server.GetAsync($"{path}&alternative=less"), HttpStatusCode.BadRequest, "alternative");
    }

    [Fact]
    public async Task Overlaps_have_q_values_over_all_pairs()
    {
        var path = $"/analytics/discovery/overlaps/significance?run_ids={known.RunC},{known.RunB},{known.RunA}";
        var answer = (await _server.GetAsync($"{path}&limit=1")).Json;
        JsonAssert.Fields(answer, "run_ids alternative tests items next truncated");
        Assert.Equal([known.RunA, known.RunB, known.RunC], answer.GetProperty("run_ids").EnumerateArray().Select(r => r.GetGuid()));
        Assert.Equal(3, answer.GetProperty("tests").GetInt32());
        var pair = answer.GetProperty("items")[0];
        JsonAssert.Fields(
            pair,
            """
            run_1_id run_2_id analysed_by_both run_1_count run_2_count common_count expected_by_chance enrichment jaccard_similarity kappa
            p_value log10_p_value q_value log10_q_value adjusted_rand_index shares_detector
            """
        );
        Assert.Equal((known.RunA, known.RunB), (pair.GetProperty("run_1_id").GetGuid(), pair.GetProperty("run_2_id").GetGuid()));
        Assert.Equal(201 / 495.0, pair.GetProperty("p_value").GetDouble(), 9);
        // Three times 0.41 is more than certain.
        Assert.Equal(1, pair.GetProperty("q_value").GetDouble());
        var rest = (await _server.GetAsync($"{path}&after={answer.GetProperty("next").GetString()}")).Json;
        Assert.Equal((2, false), (rest.GetProperty("items").GetArrayLength(), rest.GetProperty("truncated").GetBoolean()));
        Assert.Equal(0, (await _server.GetAsync($"{path}&max_q=0.05")).Json.GetProperty("items").GetArrayLength());
        JsonAssert.Problem(await _server.GetAsync($"{path}&after=x"), HttpStatusCode.BadRequest, "after");
        JsonAssert.Problem(await _server.GetAsync($"{path}&max_q=2"), HttpStatusCode.BadRequest, "max_q");
    }

    [Fact]
    public async Task Clusters_are_recognised_only_across_cluster_runs()
    {
        Task<Answer> Ask(string body) => _server.PostAsync("/discovery/clusters/identity", body);
        JsonAssert.Problem(await Ask($$"""{"run_ids": ["{{known.Clusters}}"]}"""), HttpStatusCode.BadRequest, "run_ids");
        JsonAssert.Problem(await Ask($$"""{"run_ids": ["{{known.Clusters}}", "{{known.RunA}}"]}"""), HttpStatusCode.BadRequest, "run_ids");
        JsonAssert.Problem(await Ask("{}"), HttpStatusCode.BadRequest, "run_ids");
        JsonAssert.Problem(await Ask($$"""{"run_ids": ["{{known.Clusters}}", "{{Guid.NewGuid()}}"]}"""), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Runs_that_cannot_be_compared_are_refused()
    {
        Task<Answer> Compare(Guid a, Guid b) => _server.PostAsync("/discovery/compare", $$"""{"run_1_id": "{{a}}", "run_2_id": "{{b}}"}""");
        JsonAssert.Problem(await Compare(known.RunA, known.RunA), HttpStatusCode.BadRequest, "run_2_id");
        JsonAssert.Problem(await Compare(known.RunA, known.Failed), HttpStatusCode.Conflict);
        JsonAssert.Problem(await Compare(known.RunA, Guid.NewGuid()), HttpStatusCode.NotFound);
        JsonAssert.Problem(
            await _server.PostAsync("/discovery/compare", $$"""{"run_1_id": "{{known.RunA}}"}"""),
            HttpStatusCode.BadRequest,
            "run_2_id"
        );
        JsonAssert.Problem(await _server.PostAsync("/discovery/compare", """{"run_1_id": "me"}"""), HttpStatusCode.BadRequest, "run_1_id");
        JsonAssert.Problem(await _server.PostAsync("/discovery/compare", """{"a": "me"}"""), HttpStatusCode.BadRequest, "a");
        JsonAssert.Problem(
            await _server.PostAsync("/discovery/compare", $$"""{"run_ids": ["{{known.RunA}}", "{{known.RunA}}"]}"""),
            HttpStatusCode.BadRequest,
            "run_ids"
        );
        JsonAssert.Problem(
            await _server.PostAsync("/discovery/compare", $$"""{"run_ids": ["{{known.RunA}}"]}"""),
            HttpStatusCode.BadRequest,
            "run_ids"
        );
        JsonAssert.Problem(
            await _server.PostAsync(
                "/discovery/compare",
                $$"""{"run_ids": ["{{known.RunA}}", "{{known.RunB}}"], "run_1_id": "{{known.RunA}}"}"""
            ),
            HttpStatusCode.BadRequest,
            "run_ids"
        );
    }
}
