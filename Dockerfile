# docker build -t gradcheck . && docker run --rm -v "$PWD:/project:ro" gradcheck check
FROM python:3.13-slim AS build
COPY . /source
RUN python -m venv /opt/gradcheck && /opt/gradcheck/bin/pip install --no-cache-dir /source

FROM python:3.13-slim
COPY --from=build /opt/gradcheck /opt/gradcheck
RUN useradd --create-home --uid 1000 gradcheck
USER 1000
WORKDIR /project
ENV PATH=/opt/gradcheck/bin:$PATH
ENTRYPOINT ["gradcheck"]
CMD ["--help"]
