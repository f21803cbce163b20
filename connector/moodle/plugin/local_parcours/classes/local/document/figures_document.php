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
 * Figures of people, as the connector sends them.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class figures_document {
    /** @var string name and version of the format */
    public const FORMAT = 'parcours-figures/1';

    /** People that one document may bring figures of, or take them from. */
    private const PEOPLE = 1000;

    /** Minutes of a year, more than any sum of ours. */
    private const MINUTES = 527040;

    /** @var \stdClass[] userid, fingerprint and figures (an array) of each person */
    public readonly array $people;

    /** @var int[] ids of the accounts whose figures are to go */
    public readonly array $forget;

    /** @var int id of the last contestation that the connector has noted; 0 for none */
    public readonly int $received;

    /** @var int|null id of the account after which what is kept is to be told; null to tell nothing */
    public readonly ?int $after;

    /**
     * Reads a document.
     *
     * @param string $json
     */
    public function __construct(string $json) {
        $root = node::parse($json)->object(['format'], ['people', 'forget', 'received', 'after']);
        $root->get('format')->choice([self::FORMAT]);
        $this->people = $root->get('people', [])->items(self::person(...), fn($person) => $person->userid);
        $this->forget = $root->get('forget', [])->items(self::id(...), fn($id) => $id);
        foreach (['people', 'forget'] as $list) {
            if (count($this->$list) > self::PEOPLE) {
                throw $root->get($list)->wrong('problemmany', self::PEOPLE);
            }
        }
        $this->received = $root->get('received', 0)->number(0, PHP_INT_MAX);
        $this->after = $root->has('after') ? $root->get('after')->number(0, PHP_INT_MAX) : null;
    }

    /**
     * Reads one person.
     *
     * @param node $node
     * @return \stdClass
     */
    private static function person(node $node): \stdClass {
        $node->object(['userid', 'fingerprint', 'figures']);
        return (object) [
            'userid' => self::id($node->get('userid')),
            'fingerprint' => $node->get('fingerprint')->key(64),
            'figures' => self::figures($node->get('figures')),
        ];
    }

    /**
     * Reads the figures of a person.
     *
     * @param node $node
     * @return array
     */
    private static function figures(node $node): array {
        $sums = ['due', 'kept', 'left', 'presence', 'distance', 'training', 'animation'];
        $node->object(['year', 'at', 'state', 'missing', 'lines', ...$sums]);
        return [
            'year' => $node->get('year')->line(9),
            'at' => $node->get('at')->instant(),
            'state' => $node->get('state')->choice(['atteint', 'incomplet', 'dispense']),
            'missing' => $node->get('missing')->items(fn(node $n) => $n->line()),
            'lines' => $node->get('lines')->items(self::line(...), fn($line) => $line['code'] . ' ' . $line['activity']),
            ...array_combine($sums, array_map(fn($name) => $node->get($name)->number(0, self::MINUTES), $sums)),
        ];
    }

    /**
     * Reads one line of somebody's figures.
     *
     * @param node $node
     * @return array
     */
    private static function line(node $node): array {
        $node->object(['code', 'activity', 'session', 'title', 'day', 'minutes', 'planned', 'decision', 'reason', 'contested']);
        return [
            'code' => $node->get('code')->key(80),
            'activity' => $node->get('activity')->key(),
            'session' => $node->get('session')->line(1000),
            'title' => $node->get('title')->line(1000),
            'day' => $node->get('day')->instant(),
            'minutes' => $node->get('minutes')->number(0, self::MINUTES),
            'planned' => $node->get('planned')->number(0, self::MINUTES),
            'decision' => $node->get('decision')->choice(['credite', 'refuse', 'en_attente']),
            'reason' => $node->get('reason')->line(1000),
            'contested' => $node->get('contested')->boolean(),
        ];
    }

    /**
     * Reads the id of an account.
     *
     * @param node $node
     * @return int
     */
    private static function id(node $node): int {
        return $node->number(1, PHP_INT_MAX);
    }
}
