// A classic script in <head>: the chosen theme must be known before the first paint.
{
  const theme = localStorage.getItem("parley:theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
