using System.Net;
using System.Text;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Tags, notes and labels over HTTP.</summary>
public sealed class AnnotationTests
{
    [Fact]
    public async Task Tags_notes_and_labels_are_written_read_and_taken_away()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        var dataset = await server.LoadAsync("annotated", 30);
        var star = (await server.StarIdsAsync(dataset.DatasetId))[0];
        var run = (await server.PostAsync("/discovery/runs", """{"dataset": "annotated", "run_type": "anomaly"}"""))
            .Json.GetProperty("run_id")
            .GetString();
        Task<Answer> PutAsync(string json) =>
            server.SendAsync(HttpMethod.Put, $"/discovery/runs/{run}/tags", new StringContent(json, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("""{"tags": ["b", "a"], "by": "ann"}""")).Status);
        var tags = (await PutAsync("""{"tags": ["a", "c"], "by": "bob"}""")).Json.GetProperty("tags").EnumerateArray();
        Assert.Equal(
            [("a", "ann"), ("c", "bob")],
            tags.Select(t => (t.GetProperty("tag").GetString()!, t.GetProperty("tagged_by").GetString()!))
        );
        Assert.Equal(1, (await server.GetAsync("/discovery/runs?tag=a")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await server.GetAsync("/discovery/runs?tag=b")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("""{"tags": ["two words"]}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync($"/discovery/runs/{Guid.NewGuid()}/tags")).Status);

        var note = await server.PostAsync($"/discovery/runs/{run}/notes", """{"text": "look again", "by": "ann"}""");
        Assert.Equal(HttpStatusCode.Created, note.Status);
        Assert.Equal(
            "look again",
            (await server.GetAsync($"/discovery/runs/{run}/notes")).Json.GetProperty("notes")[0].GetProperty("text").GetString()
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await server.DeleteAsync($"/discovery/runs/{run}/notes/{note.Json.GetProperty("note_id").GetInt64()}")).Status
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync($"/discovery/runs/{run}/notes", """{"text": " "}""")).Status);

        Assert.Equal(
            HttpStatusCode.Created,
            (await server.PostAsync($"/stars/{star}/labels", """{"is_anomaly": 1, "remark": "odd", "by": "ann"}""")).Status
        );
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync($"/stars/{star}/labels", """{"is_anomaly": 0, "by": "bob"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync($"/stars/{star}/labels", """{"is_anomaly": 2}""")).Status);
        var label = Assert
            .Single((await server.GetAsync("/datasets/annotated/labels")).Json.GetProperty("items").EnumerateArray())
            .GetProperty("label");
        Assert.Equal((0, "bob"), (label.GetProperty("is_anomaly").GetInt32(), label.GetProperty("labelled_by").GetString()));
        Assert.Contains(
            "source_id,label_set,label_outlier",
            (await server.GetAsync("/datasets/annotated/labels?format=csv")).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.NoContent, (await server.DeleteAsync($"/stars/{star}/labels")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.DeleteAsync($"/stars/{star}/labels")).Status);
    }
}
