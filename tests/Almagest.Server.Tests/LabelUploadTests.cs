using System.Net;
using System.Text;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Labels that a client sends.</summary>
public sealed class LabelUploadTests : IAsyncLifetime
{
    private const long First = 4000000000000000001;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await _server.LoadAsync("field", 30);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private Task<Answer> SendAsync(string query, string text) =>
        _server.SendAsync(HttpMethod.Post, $"/datasets/field/labels?{query}", new ByteArrayContent(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task A_table_labels_stars_and_replaces_what_was_said_of_them()
    {
        var sent = await SendAsync("label_set=kinds&by=ann", $"source_id,label_outlier,label_kind\n{First},1,dwarf\n{First + 1},0,\n");
        Assert.True(sent.Status == HttpStatusCode.OK, sent.Text);
        JsonAssert.Fields(sent.Json, "dataset dataset_id label_set labels unknown mapping non_members notes");
        Assert.Equal(("kinds", 2), (sent.Json.GetProperty("label_set").GetString(), sent.Json.GetProperty("labels").GetInt32()));
        await SendAsync("label_set=kinds", $"source_id,label_outlier\n{First},0\n");
        var label = (await _server.GetAsync("/datasets/field/labels?label_set=kinds"))
            .Json.GetProperty("items")
            .EnumerateArray()
            .Select(i => i.GetProperty("label"))
            .First();
        Assert.Equal(0, label.GetProperty("is_anomaly").GetInt32());
    }

    [Fact]
    public async Task A_list_of_members_says_of_the_other_stars_that_they_are_none()
    {
        var sent = await SendAsync("members_of=Pleiades", $"{First}\n{First + 1}\n99\n");
        Assert.True(sent.Status == HttpStatusCode.OK, sent.Text);
        Assert.Equal(
            (2, 1, 28),
            (
                sent.Json.GetProperty("labels").GetInt32(),
                sent.Json.GetProperty("unknown").GetInt32(),
                sent.Json.GetProperty("non_members").GetInt32()
            )
        );
        var partial = await SendAsync("members_of=Hyades&label_set=other&partial=true", $"source_id\n{First}\n");
        Assert.True(partial.Status == HttpStatusCode.OK, partial.Text);
        Assert.Equal(0, partial.Json.GetProperty("non_members").GetInt32());
        var likely = await SendAsync(
            "members_of=Praesepe&label_set=likely&min_probability=0.5",
            $"source_id,probability\n{First},0.9\n{First + 1},0.1\n"
        );
        Assert.True(likely.Status == HttpStatusCode.OK, likely.Text);
        Assert.Equal(1, likely.Json.GetProperty("labels").GetInt32());
    }

    /// <summary>Otherwise the first score after a load joins every label with every result, until the database happens to look.</summary>
    [Fact]
    public async Task The_planner_knows_each_set_as_soon_as_it_is_loaded()
    {
        foreach (var set in new[] { "first", "second" })
        {
            await SendAsync($"members_of=Pleiades&label_set={set}", $"{First}\n");
            await using var connection = await _server.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand(
                "select most_common_vals::text from pg_stats where tablename = 'star_labels' and attname = 'label_set'",
                connection
            );
            Assert.Contains(
                set,
                (string?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_stores_nothing()
    {
        JsonAssert.Problem(await SendAsync("", $"source_id,label_outlier\n{First},1\n77,1\n"), HttpStatusCode.BadRequest, "labels");
        JsonAssert.Problem(await SendAsync("", $"source_id,label_outlier\n{First},perhaps\n"), HttpStatusCode.BadRequest, "labels");
        JsonAssert.Problem(await SendAsync("partial=true", $"{First}\n"), HttpStatusCode.BadRequest, "partial");
        JsonAssert.Problem(await SendAsync("min_probability=0.5", $"{First}\n"), HttpStatusCode.BadRequest, "min_probability");
        JsonAssert.Problem(await SendAsync("members_of=x&min_probability=2", $"{First}\n"), HttpStatusCode.BadRequest, "min_probability");
        Assert.Equal(0, (await _server.GetAsync("/datasets/field/labels")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(
            1,
            (await SendAsync("skip_unknown=true", $"source_id,label_outlier\n{First},1\n77,1\n")).Json.GetProperty("unknown").GetInt32()
        );
    }
}
