#!/usr/bin/env node
import '../dist/artdag.mjs';
