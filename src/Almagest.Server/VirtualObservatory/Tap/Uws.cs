using System.Globalization;
using System.Xml;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>The documents of a job and of the list of jobs (UWS 1.1, appendix A).</summary>
internal static class Uws
{
    public const string Namespace = "http://www.ivoa.net/xml/UWS/v1.0";

    // Parameters that change a job and are none of its query.
    private static readonly HashSet<string> s_control = ["PHASE", "ACTION", "DESTRUCTION", "EXECUTIONDURATION", "WAIT"];

    private const string XLink = "http://www.w3.org/1999/xlink";
    private const string Schema = "http://www.w3.org/2001/XMLSchema-instance";

    public static void Job(XmlWriter xml, TapJob job, string address)
    {
        Start(xml, "job");
        Element(xml, "jobId", job.Id);
        if (job.Parameters.Get("RUNID") is { } runId)
            Element(xml, "runId", runId);
        Element(xml, "ownerId", null);
        Element(xml, "phase", job.Phase.ToString());
        Element(xml, "quote", null);
        Element(xml, "creationTime", Time(job.Created));
        Element(xml, "startTime", job.Started is { } started ? Time(started) : null);
        Element(xml, "endTime", job.Ended is { } ended ? Time(ended) : null);
        Element(xml, "executionDuration", Seconds(job.ExecutionDuration));
        Element(xml, "destruction", Time(job.Destruction));
        Parameters(xml, job, root: false);
        Results(xml, job, address, root: false);
        if (job.Error is { } error)
        {
            xml.WriteStartElement("uws", "errorSummary", Namespace);
            xml.WriteAttributeString("type", error.Status >= 500 ? "transient" : "fatal");
            xml.WriteAttributeString("hasDetail", "true");
            Element(xml, "message", VoDocument.Legal(error.Message));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    public static void Jobs(XmlWriter xml, IEnumerable<TapJob> jobs, string address)
    {
        Start(xml, "jobs");
        foreach (var job in jobs)
        {
            xml.WriteStartElement("uws", "jobref", Namespace);
            xml.WriteAttributeString("id", job.Id);
            xml.WriteAttributeString("xlink", "type", XLink, "simple");
            xml.WriteAttributeString("xlink", "href", XLink, $"{address}/{job.Id}");
            Element(xml, "phase", job.Phase.ToString());
            if (job.Parameters.Get("RUNID") is { } runId)
                Element(xml, "runId", runId);
            Element(xml, "creationTime", Time(job.Created));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    public static void Parameters(XmlWriter xml, TapJob job, bool root = true)
    {
        if (root)
            Start(xml, "parameters", versioned: false);
        else
            xml.WriteStartElement("uws", "parameters", Namespace);
        foreach (var (name, value) in job.Parameters.Pairs.Where(p => !s_control.Contains(p.Key)))
        {
            xml.WriteStartElement("uws", "parameter", Namespace);
            xml.WriteAttributeString("id", VoDocument.Legal(name));
            xml.WriteString(VoDocument.Legal(value));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    public static void Results(XmlWriter xml, TapJob job, string address, bool root = true)
    {
        if (root)
            Start(xml, "results", versioned: false);
        else
            xml.WriteStartElement("uws", "results", Namespace);
        if (job.Phase == JobPhase.COMPLETED)
        {
            xml.WriteStartElement("uws", "result", Namespace);
            xml.WriteAttributeString("id", "result");
            xml.WriteAttributeString("xlink", "type", XLink, "simple");
            xml.WriteAttributeString("xlink", "href", XLink, $"{address}/results/result");
            xml.WriteAttributeString("mime-type", job.ResultType);
            xml.WriteAttributeString("size", job.ResultBytes.ToString(CultureInfo.InvariantCulture));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static void Start(XmlWriter xml, string name, bool versioned = true)
    {
        xml.WriteStartElement("uws", name, Namespace);
        xml.WriteAttributeString("xmlns", "xsi", null, Schema);
        xml.WriteAttributeString("xmlns", "xlink", null, XLink);
        if (versioned)
            xml.WriteAttributeString("version", "1.1");
    }

    private static void Element(XmlWriter xml, string name, string? value)
    {
        xml.WriteStartElement("uws", name, Namespace);
        if (value is null)
            xml.WriteAttributeString("xsi", "nil", Schema, "true");
        else
            xml.WriteString(value);
        xml.WriteEndElement();
    }
}
