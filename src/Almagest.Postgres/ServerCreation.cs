namespace Almagest.Postgres;

/// <summary>
/// Makes the data directory. It is complete when it has its name: everything happens in <c>data.new</c>, which a crash
/// leaves behind and the next attempt begins anew.
/// </summary>
internal static class ServerCreation
{
    /// <summary>New data take about 40 MB, their first use somewhat more.</summary>
    private const long SpaceNeeded = 96L << 20;

    // $1 initdb, $2 durable or not, $3 pg_hba.conf, $4 pg_ident.conf, $5 the include lines; almagest.conf on stdin
    private const string Script = """
        set -eu
        umask 077
        rm -rf data.new
        ctype=C
        if [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ]; then ctype=C.UTF-8; fi
        "$1" -D data.new -U almagest -E UTF8 --locale=C --lc-ctype="$ctype" --data-checksums \
            --auth-local=peer --auth-host=reject --no-sync --no-instructions >initdb.log
        printf '%s' "$3" >data.new/pg_hba.conf
        printf '%s' "$4" >data.new/pg_ident.conf
        printf '%s' "$5" >>data.new/postgresql.conf
        cat >data.new/almagest.conf
        echo '# Settings of your own. They win over those of almagest.conf.' >data.new/local.conf
        if [ "$2" = durable ]; then "$1" -D data.new --sync-only >>initdb.log; fi
        mv -T data.new data
        """;

    public static async Task CreateAsync(
        ServerLocation place,
        ServerAccount account,
        PostgresBinaries binaries,
        bool durable,
        CancellationToken cancellationToken
    )
    {
        if (ServerConfiguration.FreeSpace(place.Directory) is { } free && free < SpaceNeeded)
        {
            throw new PostgresServerException(
                $"A new database needs {SpaceNeeded >> 20} MB, and the disk of {place.Directory} has {free >> 20} MB left.",
                PathFailure.DiskFullHint
            );
        }

        var command = account.Command(
            "/bin/sh",
            "-c",
            Script,
            "almagest-create",
            binaries.InitDb,
            durable ? "durable" : "fast",
            ServerConfiguration.HostBasedAuthentication,
            ServerConfiguration.IdentityMap(account),
            ServerConfiguration.Include
        );
        var result = await HostProcess
            .RunAsync(command, place.Directory, ServerConfiguration.Write(durable), cancellationToken)
            .ConfigureAwait(false);
        if (!result.Succeeded)
            throw StartFailure.Explain($"Cannot create the database in {place.Directory}", result.Text, place);
    }
}
