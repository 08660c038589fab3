using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Almagest.Server.Measuring;

/// <summary>Traces and metrics for a collector of OpenTelemetry, where one is named: nothing is sent to anybody else.</summary>
internal static class Telemetry
{
    /// <summary>The standard's variable that names the collector; its others (protocol, headers, sampling) hold, too.</summary>
    public const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceName = "almagest";
    private static readonly string[] s_meters =
    [
        LedgerMeter.Name,
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Npgsql",
        "System.Runtime",
    ];

    /// <param name="configuration">takes over the standard's variables, and no others, from the environment</param>
    /// <param name="collector">null = what the environment names, if anything</param>
    public static void AddTo(IServiceCollection services, IConfigurationBuilder configuration, Uri? collector)
    {
        configuration.AddInMemoryCollection(
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .Where(v => ((string)v.Key).StartsWith("OTEL_", StringComparison.Ordinal))
                .Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value))
        );
        if (collector is null && string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Variable)))
            return;
        var builder = services
            .AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(ServiceName, serviceVersion: Contract.ProgramVersion.Current))
            .WithTracing(t => t.AddAspNetCoreInstrumentation().AddSource("Npgsql"))
            .WithMetrics(m => m.AddMeter(s_meters));
        if (collector is null)
            builder.UseOtlpExporter();
        else
            builder.UseOtlpExporter(OtlpExportProtocol.HttpProtobuf, collector);
    }
}
