using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Almagest.EndToEnd.Clients;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Debian's nginx before a server: with TLS, and below a path.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    public const string Prefix = "/sky/almagest";
    private const string Program = "/usr/sbin/nginx";

    private readonly TestFolder _folder;
    private readonly Process _process;

    private Nginx(TestFolder folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Address = new Uri($"https://127.0.0.1:{port}{Prefix}/");
    }

    public Uri Address { get; }

    public static async Task<Nginx> BeforeAsync(Uri server)
    {
        Tool.Require(Program, "nginx-light");
        var folder = TestFolder.Create("nginx");
        var port = FreePort();
        TestCertificate.Write(folder.Path);
        var file = Path.Combine(folder.Path, "nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(folder.Path, port, server), TestContext.Current.CancellationToken);
        var process = Process.Start(
            new ProcessStartInfo(Program, ["-p", folder.Path, "-c", file, "-e", Path.Combine(folder.Path, "error.log")])
            {
                RedirectStandardError = true,
            }
        )!;
        var nginx = new Nginx(folder, process, port);
        using var client = AnyCertificate();
        await Eventually.HoldsAsync(async () =>
        {
            if (process.HasExited)
                Assert.Fail(await process.StandardError.ReadToEndAsync());
            try
            {
                using var answer = await client.GetAsync(new Uri(nginx.Address, "health/live"));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return nginx;
    }

    /// <summary>A client to whom the certificate, which nobody vouches for, is good enough.</summary>
    public static HttpClient AnyCertificate() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => TestCertificate.Is(shown) },
            }
        );

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    // As docs/access.md has it.
    private static string Configuration(string folder, int port, Uri server) =>
        $$"""
            daemon off;
            worker_processes 1;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            pid {{folder}}/nginx.pid;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{folder}}/cert.pem;
                ssl_certificate_key {{folder}}/key.pem;
                location {{Prefix}}/ {
                  proxy_pass {{server}};
                  proxy_http_version 1.1;
                  proxy_set_header Host $host;
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header X-Forwarded-Host $http_host;
                  proxy_set_header X-Forwarded-Prefix {{Prefix}};
                  proxy_set_header X-Remote-User $arg_proxy_user;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection $http_connection;
                  proxy_buffering off;
                  proxy_read_timeout 1h;
                }
              }
            }
            """;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Dispose();
    }
}
