// node observatory.mjs ADDRESS: the MDN HTTP Observatory's scan of a site, as JSON.
import { scan } from "@mdn/mdn-http-observatory/src/scanner/index.js";

const { scan: result, tests } = await scan(process.argv[2]);
console.log(JSON.stringify({ result, tests }, null, 2));
