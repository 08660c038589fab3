# The server in a container; compose.yaml runs it beside a PostgreSQL. Inside a container, 0.0.0.0 is the container's own network, and everybody
# needs a token: ALMAGEST_TOKEN_FILE names a file with the first one.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig ./
COPY src src
RUN dotnet publish src/Almagest.Cli --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
USER $APP_UID
EXPOSE 8000
ENTRYPOINT ["dotnet", "/app/almagest.dll"]
CMD ["serve", "--bind", "0.0.0.0", "--port", "8000"]
