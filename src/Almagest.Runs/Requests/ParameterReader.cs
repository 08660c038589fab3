using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Registry;

namespace Almagest.Runs.Requests;

/// <summary>Reads and checks the parameters of runs as their algorithms describe them.</summary>
public static class ParameterReader
{
    /// <exception cref="LedgerException">there is no such algorithm</exception>
    public static Algorithm Algorithm(string name) =>
        Algorithms.Find(name)
        ?? throw LedgerException.Invalid("algorithm", $"there is no algorithm '{name}'", $"Choose {Algorithms.Choices}.");

    /// <summary>Parameters as requested or stored; what is left out has its default.</summary>
    /// <exception cref="LedgerException">the algorithm is unknown, or a parameter is unknown, of the wrong type or out of range; the field
    /// is named</exception>
    public static RunParameters Read(string algorithm, string? json) => Read(Algorithm(algorithm), json);

    /// <inheritdoc cref="Read(string, string?)"/>
    public static RunParameters Read(Algorithm algorithm, string? json)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        try
        {
            return algorithm.Read(json);
        }
        catch (ParameterException e)
        {
            throw Refused(e);
        }
    }

    /// <exception cref="LedgerException">a value is out of range; the field is named</exception>
    public static void Require(RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        try
        {
            parameters.Validate();
        }
        catch (ParameterException e)
        {
            throw Refused(e);
        }
    }

    private static LedgerException Refused(ParameterException e) =>
        LedgerException.Invalid(e.Parameter.Length == 0 ? "parameters" : $"parameters.{e.Parameter}", e.Message, e.Hint);
}
