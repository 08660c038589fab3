using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Registry;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly.ActiveForest;

public sealed class ReviewAnswersTests
{
    [Fact]
    public void The_same_answers_have_one_text_and_one_hash_in_whatever_order_they_come()
    {
        var one = ReviewAnswers.Of([("b 2", 'n'), ("a", 'y'), ("c", 's')]);
        var other = ReviewAnswers.Of([("c", 's'), ("a", 'n'), ("b 2", 'n'), ("a", 'y')]);
        Assert.Equal("y a\nn b 2\ns c", one.Text);
        Assert.Equal((one.Text, one.Hash), (other.Text, other.Hash));
        Assert.Equal(one.BySource, ReviewAnswers.Parse(one.Text).BySource);
        Assert.Equal("1 interesting, 1 ordinary, 1 skipped", one.ToString());
    }

    [Fact]
    public void A_file_may_have_comments_and_ends_of_lines_of_any_system() =>
        Assert.Equal("y 17\nn 18", ReviewAnswers.Parse("# seen by me\r\nY 17\r\n\r\nn 18  \r\n").Text);

    [Theory]
    [InlineData("y 16\nq 17", "line 2 of the answers is 'q 17': 'q' is none of y, n and s")]
    [InlineData("y 17\n\n# again\nn 17", "line 1 of the answers says y of star 17, and line 4 says n")]
    [InlineData("y", "line 1 of the answers is 'y'")]
    [InlineData("yes 17", "line 1 of the answers is 'yes 17'")]
    public void What_is_not_an_answer_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<ParameterException>(() => ReviewAnswers.Parse(text)).Message);

    [Fact]
    public void A_line_that_is_there_twice_is_one_answer_and_is_known_by_its_first_number()
    {
        var answers = ReviewAnswers.Parse("# twice\ny 17\nY 17");
        Assert.Equal(("y 17", 2), (answers.Text, answers.LineOf("17")));
    }

    [Fact]
    public void Parameters_whose_hash_is_of_other_answers_are_refused()
    {
        var active = Algorithms.Find("active")!;
        var answers = ReviewAnswers.Parse("y 17");
        var stored = new ActiveForestParameters { Answers = answers.Text, AnswersHash = answers.Hash }.ToJson();
        Assert.Equal(stored, active.ReadStored(stored).ToJson());
        var refused = Assert.Throws<ParameterException>(() => active.ReadStored(stored.Replace("y 17", "y 18", StringComparison.Ordinal)));
        Assert.Equal("answers_hash", refused.Parameter);
    }
}
