using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Cli.Shell;
using Npgsql;

namespace Almagest.Cli.Sessions;

/// <summary>
/// Turns <c>postgresql://user:password@host:port/database?sslmode=require</c>, as libpq, psql and hosting services write it
/// (PostgreSQL manual, 34.1.1.2), into Npgsql's keyword form; there may be several hosts, with commas between. Other text passes unchanged.
/// </summary>
internal static partial class ConnectionText
{
    private const string Help = "Write it like postgresql://user:password@host:5432/database, or 'Host=…;Database=…;Username=…'.";

    // Parameters of libpq that mean something to Npgsql, by its keywords.
    private static readonly Dictionary<string, string> s_keywords = new()
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["target_session_attrs"] = "Target Session Attributes",
        ["passfile"] = "Passfile",
        ["application_name"] = "Application Name",
    };

    /// <exception cref="UsageException">it is a URL that cannot be read; the message never repeats the password</exception>
    public static string ToNpgsql(string text)
    {
        text = text.Trim();
        if (!text.Contains("://", StringComparison.Ordinal))
            return text;
        var match = Url().Match(text);
        if (!match.Success)
            throw new UsageException("the database URL cannot be read", Help, "--database");
        var settings = new NpgsqlConnectionStringBuilder();
        Set(settings, "user", match.Groups["user"].Value);
        Set(settings, "password", match.Groups["password"].Value);
        SetHosts(settings, match.Groups["hosts"].Value);
        Set(settings, "dbname", match.Groups["database"].Value);
        foreach (var pair in match.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var n, var v] ? (n, v) : (pair, "");
            if (!s_keywords.ContainsKey(name))
                throw new UsageException(
                    $"the database URL has a parameter '{name}' that is not known here",
                    $"Known are {string.Join(", ", s_keywords.Keys)}.",
                    "--database"
                );
            Set(settings, name, value);
        }
        // As libpq: without a host the local socket.
        if (settings.Host is null && Directory.Exists("/var/run/postgresql"))
            settings.Host = "/var/run/postgresql";
        return settings.ConnectionString;
    }

    /// <summary>The same for people to see, in its own form.</summary>
    /// <param name="hidden">stands for the password</param>
    /// <exception cref="UsageException">it is a URL that cannot be read</exception>
    /// <exception cref="ArgumentException">it cannot be read</exception>
    public static string WithoutPassword(string text, string hidden)
    {
        var settings = new NpgsqlConnectionStringBuilder(ToNpgsql(text));
        if (settings.Password is null && settings.SslPassword is null)
            return text;
        if (text.Contains("://", StringComparison.Ordinal) && Url().Match(text.Trim()) is { Success: true } match)
        {
            var password = match.Groups["password"];
            var query = match.Groups["query"];
            var shown = text.Trim();
            if (query.Value.Contains("password=", StringComparison.Ordinal))
                shown = shown[..query.Index] + hidden;
            return password.Length > 0 ? shown.Remove(password.Index, password.Length).Insert(password.Index, hidden) : shown;
        }
        if (settings.Password is not null)
            settings.Password = hidden;
        if (settings.SslPassword is not null)
            settings.SslPassword = hidden;
        return settings.ConnectionString;
    }

    // Several are a primary and its standbys, each with a port of its own, if any.
    private static void SetHosts(NpgsqlConnectionStringBuilder settings, string hosts)
    {
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            Set(settings, "host", hosts);
            return;
        }
        var match = OneHost().Match(hosts);
        Set(settings, "host", match.Groups["host"].Value.Trim('[', ']'));
        Set(settings, "port", match.Groups["port"].Value);
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string encoded)
    {
        if (encoded.Length == 0)
            return;
        var value = Uri.UnescapeDataString(encoded);
        if (name is "port" or "connect_timeout" && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw new UsageException($"the database URL's {name} is '{value}', expected a number", Help, "--database");
        try
        {
            settings[s_keywords[name]] = name is "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (ArgumentException)
        {
            var known = name switch
            {
                "target_session_attrs" => "Known are any, primary, standby, prefer-standby, read-write, read-only.",
                "sslmode" => "Known are disable, allow, prefer, require, verify-ca, verify-full.",
                _ => Help,
            };
            throw new UsageException($"the database URL's {name} cannot be understood", known, "--database");
        }
    }

    [GeneratedRegex(
        """^postgres(ql)?://((?<user>[^:@/?]*)(:(?<password>[^@/?]*))?@)?"""
            + """(?<hosts>(\[[^\]]*\]|[^:/?,]*)(:[0-9]*)?(,(\[[^\]]*\]|[^:/?,]*)(:[0-9]*)?)*)(/(?<database>[^?/]*))?(\?(?<query>.*))?$""",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Url();

    [GeneratedRegex("""^(?<host>\[[^\]]*\]|[^:]*)(:(?<port>[0-9]*))?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex OneHost();
}
