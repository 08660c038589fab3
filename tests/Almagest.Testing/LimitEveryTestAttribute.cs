using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Almagest.Testing;

/// <summary>Puts every test of an assembly under <see cref="TestWatch"/>. The build adds it to each test program.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class LimitEveryTestAttribute : BeforeAfterTestAttribute
{
    private readonly ConcurrentDictionary<string, TestWatch.Entry> _entries = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        _entries[test.UniqueID] = TestWatch.Begin(test.TestDisplayName, LimitOf(methodUnderTest), TestContext.Current.CancelCurrentTest);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (_entries.TryRemove(test.UniqueID, out var entry))
            TestWatch.End(entry);
    }

    private static TimeSpan LimitOf(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        var own = method.GetCustomAttribute<TimeLimitAttribute>() ?? method.ReflectedType?.GetCustomAttribute<TimeLimitAttribute>();
        return own?.Limit ?? TestWatch.Limit;
    }
}
