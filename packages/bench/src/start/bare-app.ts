import express from 'express';

express()
  .get('/', (_req, res) => void res.json({ status: 'ok' }))
  .listen(Number(process.argv[2]), '127.0.0.1');
