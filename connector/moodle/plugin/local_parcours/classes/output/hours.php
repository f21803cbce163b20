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

namespace local_parcours\output;

use local_parcours\local\contestation;
use local_parcours\local\figures;
use renderable;
use renderer_base;
use templatable;

/**
 * "My 18 hours", whole on its page or short in a block: one person's own figures.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class hours implements renderable, templatable {
    /**
     * Makes it of somebody's figures.
     *
     * @param array $figures
     * @param string[] $contested lines that wait to be noted, "code activity"
     */
    public function __construct(
        /** @var array the figures */
        private readonly array $figures,
        /** @var string[] lines that wait to be noted */
        private readonly array $contested,
    ) {
    }

    /**
     * The page of the person who is looking at it, and of nobody else.
     *
     * @return self|null null where the person has no figures
     */
    public static function mine(): ?self {
        global $USER;
        $found = figures::of($USER->id);
        return $found === null ? null : new self($found, contestation::of($USER->id));
    }

    /**
     * What the templates show.
     *
     * @param renderer_base $output
     * @return array
     */
    #[\Override]
    public function export_for_template(renderer_base $output): array {
        $found = $this->figures;
        $sums = ['due', 'kept', 'left', 'presence', 'distance', 'training', 'animation'];
        return [
            'year' => $found['year'],
            'updated' => userdate($found['at'], get_string('strftimedaydatetime', 'langconfig')),
            'state' => get_string("state{$found['state']}", 'local_parcours'),
            'owes' => $found['due'] > 0,
            'percent' => $found['due'] ? min(100, intdiv(100 * $found['kept'], $found['due'])) : 100,
            'missing' => $found['missing'],
            'hasmissing' => (bool) $found['missing'],
            'lines' => array_map($this->line(...), $found['lines'], array_keys($found['lines'])),
            'haslines' => (bool) $found['lines'],
            'page' => self::address()->out(false),
            'sesskey' => sesskey(),
            'reasons' => array_map(
                fn($code) => ['code' => $code, 'text' => get_string("contest{$code}", 'local_parcours')],
                contestation::REASONS,
            ),
            ...array_combine($sums, array_map(fn($name) => self::duration($found[$name]), $sums)),
        ];
    }

    /**
     * The address of the page: it names nobody.
     *
     * @return \moodle_url
     */
    public static function address(): \moodle_url {
        return new \moodle_url('/local/parcours/heures.php');
    }

    /**
     * Writes minutes as hours.
     *
     * @param int $minutes
     * @return string such as 13 h 30
     */
    public static function duration(int $minutes): string {
        $parts = (object) ['hours' => intdiv($minutes, 60), 'minutes' => sprintf('%02d', $minutes % 60)];
        return get_string('duration', 'local_parcours', $parts);
    }

    /**
     * One line, as the template shows it.
     *
     * @param array $line
     * @param int $number
     * @return array
     */
    private function line(array $line, int $number): array {
        return [
            'number' => $number,
            'code' => $line['code'],
            'activity' => $line['activity'],
            'session' => $line['session'],
            'title' => $line['title'],
            'day' => $line['day'] ? userdate($line['day'], get_string('strftimedate', 'langconfig')) : '',
            'minutes' => self::duration($line['minutes']),
            'planned' => self::duration($line['planned']),
            'decision' => get_string("decision{$line['decision']}", 'local_parcours'),
            'reason' => $line['reason'],
            'contested' => $line['contested'] || in_array("{$line['code']} {$line['activity']}", $this->contested, true),
        ];
    }
}
