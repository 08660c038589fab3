using System.Net;
using System.Text.Json;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>What the tests require of JSON answers.</summary>
internal static class JsonAssert
{
    /// <summary>The fields are these, in this order.</summary>
    public static void Fields(JsonElement row, string fields) =>
        Assert.Equal(fields.Split(' ', '\n').Where(f => f.Length > 0), row.EnumerateObject().Select(p => p.Name));

    /// <summary>The answer is a problem of this status that says what was wrong and what to do, and names the field where there is
    /// one.</summary>
    public static JsonElement Problem(Answer answer, HttpStatusCode status, string? field = null)
    {
        Assert.True(status == answer.Status, $"{(int)answer.Status}: {answer.Text}");
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType?.MediaType);
        Assert.NotEqual("", Assert.Single(answer.Headers.GetValues("X-Request-Id")));
        var problem = answer.Json;
        Fields(problem, "type title status code detail hint errors facts instance request_id");
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.Matches("^[a-z0-9_]+$", problem.GetProperty("code").GetString());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
        Assert.NotEqual("", problem.GetProperty("hint").GetString());
        if (field is null)
            return problem;
        var only = Assert.Single(problem.GetProperty("errors").EnumerateObject());
        Assert.Equal(field, only.Name);
        Assert.NotEmpty(only.Value.EnumerateArray());
        return problem;
    }

    public static long[] Longs(JsonElement array) => array.EnumerateArray().Select(e => e.GetInt64()).ToArray();
}
