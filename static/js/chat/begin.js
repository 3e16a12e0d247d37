// Once all is there: dress what the server drew, and connect.
for (const line of lines()) dress(line);
marks();
const firstNew = list.querySelector("[data-new-mark]");
toEnd();
if (firstNew) log.scrollTop = Math.min(log.scrollTop, firstNew.offsetTop - log.offsetTop - 16);
if (!over) {
  for (const entry of JSON.parse(sessionStorage.getItem(`${store}:out`) ?? "[]")) restore(entry);
  connect();
  catchUp();
}
