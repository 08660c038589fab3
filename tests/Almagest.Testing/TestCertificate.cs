using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Almagest.Testing;

/// <summary>A certificate for 127.0.0.1 that nobody vouches for.</summary>
public static class TestCertificate
{
    private const string Subject = "CN=127.0.0.1";

    /// <summary>Whether a server showed such a certificate.</summary>
    public static bool Is(X509Certificate? shown) => shown?.Subject == Subject;

    /// <summary>Writes it into a folder, as cert.pem and key.pem.</summary>
    public static (string Certificate, string Key) Write(string folder)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, pair, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (certificate, key) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
        return (certificate, key);
    }
}
