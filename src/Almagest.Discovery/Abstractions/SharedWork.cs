namespace Almagest.Discovery.Abstractions;

/// <summary>What runs of an algorithm over the same features can share through <see cref="AlgorithmCache"/>.</summary>
/// <param name="Name">what it is, one word, e.g. <c>tree</c></param>
/// <param name="Parameter">the parameter in which the runs may differ; the command line takes several values of it at once</param>
/// <param name="FixedBy">the parameter that must be given, and be the same, for that</param>
public sealed record SharedWork(string Name, string Parameter, string FixedBy);
