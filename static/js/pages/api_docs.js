// Shows the OpenAPI document of this server.
const main = document.getElementById("docs");
window.SwaggerUIBundle({ domNode: main, url: main.dataset.schema, deepLinking: true, docExpansion: "none", persistAuthorization: false });
