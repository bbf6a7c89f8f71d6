# The tool in a container, as a service: docker build -t cupola . && docker run -p 127.0.0.1:8080:8080 -v ~/Pictures:/photos:ro
# -v cupola:/data cupola. Index first: docker run … cupola index /photos --index /data/index --model openai/clip-vit-base-patch32
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Cupola.Cli --configuration Release --output /app

# ASP.NET Core's runtime is all that it needs beside what is published.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# Models, embeddings and indexes are kept here. 512 MiB for decoding images is the service's own choice; the container's limit counts.
ENV CUPOLA_CACHE=/data/cache HF_HOME=/data/models
RUN mkdir /data && chown $APP_UID /data
VOLUME /data
USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["dotnet", "Cupola.Cli.dll"]
CMD ["serve", "--urls", "http://0.0.0.0:8080", "--index", "/data/index", "--model", "openai/clip-vit-base-patch32"]
