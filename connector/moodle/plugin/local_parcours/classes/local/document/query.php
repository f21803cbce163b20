<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\document;

/**
 * What somebody asks to observe.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class query {
    /** @var string name and version of the format */
    public const FORMAT = 'parcours-query/1';

    /** Capabilities that one query may name. */
    private const CAPABILITIES = 200;

    /** @var string|null code of the only session that is asked for */
    public readonly ?string $code;

    /** @var bool whether what is needed to plan is asked for */
    public readonly bool $content;

    /** @var string[] e-mails of which one asks whether they belong to an account */
    public readonly array $accounts;

    /** @var changes|null what is known already and how much is asked for at once; null for everything */
    public readonly ?changes $changes;

    /** @var bool whether the settings of the plugin that sends statements are asked for */
    public readonly bool $emitter;

    /** @var string[]|null capabilities of which one asks whether the caller has them; null when nobody asks */
    public readonly ?array $capabilities;

    /**
     * Reads a query.
     *
     * @param string $json
     */
    public function __construct(string $json) {
        $root = node::parse($json)->object(['format'], ['code', 'content', 'accounts', 'changes', 'emitter', 'capabilities']);
        $root->get('format')->choice([self::FORMAT]);
        $this->code = $root->has('code') ? $root->get('code')->key(80) : null;
        $this->content = $root->get('content', false)->boolean();
        $this->accounts = $root->get('accounts', [])->items(fn(node $n) => $n->line(100));
        $this->changes = $root->has('changes') ? new changes($root->get('changes')) : null;
        $this->emitter = $root->get('emitter', false)->boolean();
        $this->capabilities = $root->has('capabilities') ? self::capabilities($root->get('capabilities')) : null;
    }

    /**
     * Reads names of capabilities, each once.
     *
     * @param node $node
     * @return string[]
     */
    private static function capabilities(node $node): array {
        $names = array_values(array_unique($node->items(self::capability(...))));
        if (count($names) > self::CAPABILITIES) {
            throw $node->wrong('problemmany', self::CAPABILITIES);
        }
        return $names;
    }

    /**
     * Reads the name of a capability.
     *
     * @param node $node
     * @return string
     */
    private static function capability(node $node): string {
        $name = $node->line();
        if (!preg_match('~^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*:[a-z0-9_]+$~D', $name)) {
            throw $node->wrong('problemtype', 'mod/page:view');
        }
        return $name;
    }
}
